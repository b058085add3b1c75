package io.weir.control.grpc;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.google.protobuf.Timestamp;

import io.weir.control.policy.ApplyResult;
import io.weir.control.policy.Contexts;
import io.weir.control.policy.DocumentDiff;
import io.weir.control.policy.Explanations;
import io.weir.control.policy.FlowChanges;
import io.weir.control.policy.MeaningDiff;
import io.weir.control.policy.Quarantine;
import io.weir.control.policy.TunnelPath;
import io.weir.control.repository.DocumentName;
import io.weir.control.repository.RevisionInfo;
import io.weir.control.repository.StoredDocument;
import io.weir.control.v1.ApplyResponse;
import io.weir.control.v1.ChangedDocument;
import io.weir.control.v1.DiffResponse;
import io.weir.control.v1.Document;
import io.weir.control.v1.DocumentChange;
import io.weir.control.v1.FlowChange;
import io.weir.control.v1.QuarantineEntry;
import io.weir.control.v1.RuleReference;
import io.weir.control.v1.SideExplanation;
import io.weir.control.v1.TunnelExplanation;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.Assurance;
import io.weir.datapath.policy.FlowKey;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpText;
import io.weir.identity.component.Kind;
import io.weir.identity.evaluate.Explanation;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.evaluate.RuleInfo;

/** What the policy engine answers, as messages. */
final class PolicyMessages {
    private PolicyMessages() {}

    static Timestamp time(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    static io.weir.control.v1.DocumentName message(DocumentName name) {
        return io.weir.control.v1.DocumentName.newBuilder()
                .setKind(name.kind().word())
                .setId(name.id())
                .build();
    }

    /** The name that a message says. */
    static DocumentName name(io.weir.control.v1.DocumentName message) {
        for (Kind kind : Kind.values()) {
            if (kind.word().equalsIgnoreCase(message.getKind())) {
                return new DocumentName(kind, message.getId());
            }
        }
        throw new IllegalArgumentException("kind must be Component, Group or RuleSet: was " + message.getKind()
                + "; write such as Component/pay.api");
    }

    static ApplyResponse message(ApplyResult result) {
        ApplyResponse.Builder message = ApplyResponse.newBuilder()
                .setRevision(result.revision())
                .setEpoch(result.epoch())
                .setDigest(result.digest())
                .addAllWarnings(ProblemStatus.messages(result.warnings()))
                .setFlowsLooked(result.flows().looked())
                .setFlowsChanged(result.flows().changed());
        for (ApplyResult.Changed changed : result.changes()) {
            message.addChanges(ChangedDocument.newBuilder()
                    .setName(message(changed.name()))
                    .setChange(message(changed.what())));
        }
        result.flows().examples().forEach(example -> message.addFlows(message(example)));
        result.confirmBy().ifPresent(when -> message.setConfirmBy(time(when)));
        return message.build();
    }

    private static DocumentChange message(ApplyResult.What what) {
        return DocumentChange.valueOf("DOCUMENT_CHANGE_" + what);
    }

    private static FlowChange message(FlowChanges.Example example) {
        FlowKey key = example.flow().key();
        return FlowChange.newBuilder()
                .setSource(example.source())
                .setDestination(example.destination())
                .setProtocol(key.protocol())
                .setSourceAddress(IpText.address(key.sourceHigh(), key.sourceLow()))
                .setSourcePort(key.sourcePort())
                .setDestinationAddress(IpText.address(key.destinationHigh(), key.destinationLow()))
                .setDestinationPort(key.destinationPort())
                .setIngressPort(example.flow().ingressPort())
                .setEgressPort(example.flow().egressPort())
                .setBefore(Action.name(example.before()))
                .setAfter(Action.name(example.after()))
                .setReason(reason(example.reason()))
                .build();
    }

    private static String reason(int code) {
        return code == DropReason.NONE ? "" : DropReason.ofCode(code).label();
    }

    static io.weir.control.v1.RevisionInfo message(RevisionInfo info) {
        return io.weir.control.v1.RevisionInfo.newBuilder()
                .setNumber(info.number())
                .setParent(info.parent())
                .setDigest(info.digest())
                .setAuthor(info.author())
                .setReason(info.reason())
                .setTime(time(info.time()))
                .setChanged(info.changed())
                .setRemoved(info.removed())
                .build();
    }

    static Document message(StoredDocument document) {
        return Document.newBuilder()
                .setName(message(document.name()))
                .setText(document.text())
                .setSource(document.origin().source())
                .setLine(document.origin().line(""))
                .build();
    }

    static DiffResponse message(Explanations.RevisionDiff diff) {
        DiffResponse.Builder message = DiffResponse.newBuilder().setNote(diff.note());
        for (DocumentDiff document : diff.documents()) {
            message.addDocumentsBuilder()
                    .setName(message(document.name()))
                    .setChange(message(document.what()))
                    .setText(document.text());
        }
        for (MeaningDiff meaning : diff.meanings()) {
            message.addMeaningsBuilder()
                    .setFrom(meaning.from())
                    .setTo(meaning.to())
                    .setProtocol(meaning.protocol())
                    .setFirstPort(meaning.firstPort())
                    .setLastPort(meaning.lastPort())
                    .setAllowed(meaning.allowed());
        }
        return message.build();
    }

    static QuarantineEntry message(Quarantine quarantine) {
        return QuarantineEntry.newBuilder()
                .setComponent(quarantine.component())
                .setSince(time(quarantine.since()))
                .setAuthor(quarantine.author())
                .setReason(quarantine.reason())
                .build();
    }

    static io.weir.control.v1.Explanation message(Explanations.Answer answer) {
        Explanation explanation = answer.explanation();
        FlowKey key = answer.probe().key();
        io.weir.control.v1.Explanation.Builder message = io.weir.control.v1.Explanation.newBuilder()
                .setAction(Action.name(explanation.action()))
                .setReason(reason(explanation.reason()))
                .setEgress(side(answer.epoch(), explanation.egress(), explanation.sourceAssurance()))
                .setIngress(side(answer.epoch(), explanation.ingress(), explanation.destinationAssurance()))
                .setLabel(label(explanation))
                .setLevel(explanation.label().level())
                .setEpoch(answer.epoch().epoch())
                .setRevision(answer.epoch().revision())
                .setSource(end(answer.probe().source(), key.sourceHigh(), key.sourceLow(), key))
                .setDestination(end(answer.probe().destination(), key.destinationHigh(), key.destinationLow(), key))
                .setFlows(answer.flows())
                .setFlowsAllowed(answer.allowed())
                .setFlowsDropped(answer.dropped())
                .setWithoutGrants(answer.alone());
        TunnelPath path = answer.path();
        if (path != null) {
            message.setTunnel(message(path));
        }
        if (explanation.reason() != DropReason.NONE) {
            message.setReasonText(DropReason.ofCode(explanation.reason()).description());
        }
        if (explanation.auditAction() != Action.NONE) {
            message.setAuditAction(Action.name(explanation.auditAction()))
                    .setAuditReason(reason(explanation.auditReason()));
        }
        return message.build();
    }

    private static TunnelExplanation message(TunnelPath path) {
        TunnelExplanation.Builder message = TunnelExplanation.newBuilder()
                .setPeer(path.peer())
                .setPort(path.port())
                .setLevel(path.level())
                .setSpi(path.spi())
                .setDropText(path.dropText())
                .addAllWarnings(path.warnings());
        if (path.state() != null) {
            message.setState(TunnelMessages.state(path.state()));
        }
        if (path.drop() != null) {
            message.setDropReason(path.drop().label());
        }
        return message.build();
    }

    /** {@code label-denied: s5 (lowest of the source) is not in s2-s3, the range of the destination}; without reason when it passes. */
    private static String label(Explanation explanation) {
        boolean denied = explanation.reason() == DropReason.LABEL_DENIED.code()
                || explanation.reason() == DropReason.LABEL_TYPE_DENIED.code();
        return (denied ? reason(explanation.reason()) + ": " : "") + explanation.label();
    }

    /** {@code 10.9.1.7 on port p-web}. */
    private static String end(Instance instance, long high, long low, FlowKey key) {
        String place = instance.port().isEmpty() ? "no port" : "port " + instance.port();
        return key.protocol() == FlowKey.NOT_IP ? place : IpText.address(high, low) + " on " + place;
    }

    private static SideExplanation side(PolicyEpoch epoch, Explanation.Side side, int assurance) {
        SideExplanation.Builder message = SideExplanation.newBuilder()
                .setComponent(side.component())
                .setContext(Contexts.of(epoch, epoch.identityOf(side.component())))
                .setAssurance(Assurance.name(assurance))
                .setAction(Action.name(side.action()));
        if (side.rule() != null) {
            message.setRule(rule(epoch, side.rule().rule()));
        }
        side.tiers().forEach(asked -> message.addSteps(step(asked)));
        if (side.nearest() != null) {
            message.setNearest(rule(epoch, side.nearest().rule().rule()));
            side.nearest().differences().forEach(difference -> message.addSteps("nearest rule: " + difference));
        }
        return message.build();
    }

    /** {@code component tier: db/api-to-sql (pay.yaml:14, component tier, allow)}. */
    private static String step(Explanation.Asked asked) {
        StringBuilder step = new StringBuilder(asked.tier().word()).append(" tier: ");
        step.append(text(asked.decided(), "no rule matches"));
        step.append(asked.audited() == null ? "" : "; audited " + asked.audited());
        step.append(asked.mirrored() == null ? "" : "; mirrored by " + asked.mirrored());
        return step.toString();
    }

    private static String text(Explanation.@Nullable Matched rule, String none) {
        return rule == null ? none : rule.toString();
    }

    private static RuleReference rule(PolicyEpoch epoch, RuleInfo rule) {
        RuleReference.Builder message = RuleReference.newBuilder()
                .setTier(rule.tier().word())
                .setDocument(message(new DocumentName(rule.ownerKind(), rule.owner())))
                .setRule(rule.ruleId())
                .setAction(rule.action().word());
        io.weir.identity.component.Document document = epoch.document(rule);
        if (document != null) {
            message.setSource(document.origin().source())
                    .setLine(document.origin().line(rule.path()));
        }
        return message.build();
    }

    /** The documents in force that are components. */
    static List<io.weir.control.v1.Component> components(PolicyEpoch epoch, List<String> quarantined) {
        return epoch.documents().documents(Kind.COMPONENT).stream()
                .map(document -> component(epoch, document, quarantined.contains(document.id())))
                .toList();
    }

    private static io.weir.control.v1.Component component(
            PolicyEpoch epoch, io.weir.identity.component.Document document, boolean quarantined) {
        var component = (io.weir.identity.component.Component) document.body();
        return io.weir.control.v1.Component.newBuilder()
                .setId(document.id())
                .setIdentity(epoch.identityOf(document.id()))
                .setOwner(component.owner())
                .putAllLabels(component.labels())
                .addAllPorts(component.instances().stream()
                        .map(instance -> instance.port())
                        .distinct()
                        .toList())
                .setMode(SettingsMessages.label(component.mode()))
                .setIngressRules(component.ingress().size())
                .setEgressRules(component.egress().size())
                .setQuarantined(quarantined)
                .setSecurityLabel(Contexts.of(epoch, epoch.identityOf(document.id())))
                .setSource(document.origin().source())
                .setLine(document.origin().line(""))
                .build();
    }
}
