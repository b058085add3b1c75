package io.weir.identity.evaluate;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Identity;
import io.weir.datapath.policy.Levels;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.Verdict;
import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.Problem;
import io.weir.identity.label.LabelSettings;
import io.weir.identity.label.SecurityContext;

/**
 * One epoch: all documents and grants of a moment, compiled. Answers the packet path's questions, and says what its numbers mean.
 *
 * <p>Threading: immutable, any thread. {@code evaluate}, {@code guard} and {@code couldTalk} allocate nothing and throw nothing, but for
 * a combination of limits, which {@code evaluate} makes when a flow is first under it ({@link LimitChains}).
 */
public final class PolicyEpoch implements Policy {
    private final Parts parts;
    private final Judge judge;
    private final Binding binding;
    private final Talk talk;

    /**
     * What an epoch is made of.
     *
     * @param revision of the documents, 0 for none
     * @param grants documents of the grants in force
     * @param ports names, by number
     * @param portNumbers the inverse; may know more names
     * @param subjects by identity, null for numbers that nobody has; 1 to 3 are always there
     * @param portTables by port number, null for ports that no instance is bound to
     * @param addresses what rules say of senders and receivers by address
     * @param labels ranges, levels and types
     * @param components by identity: the document, null for none
     * @param identityNumbers by component id; may know more
     * @param rules by number, null for numbers no longer in use
     * @param limits by number, without chain
     * @param nextBoundaryNs earliest time after compilation at which a rule begins or ends
     */
    @SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
    public record Parts(
            int epoch,
            int revision,
            PolicySet documents,
            List<Document> grants,
            String[] ports,
            Map<String, Integer> portNumbers,
            @Nullable Subject[] subjects,
            @Nullable PortTable[] portTables,
            BoundTable bound,
            SenderRules addresses,
            LabelTable labels,
            @Nullable Document[] components,
            Map<String, Integer> identityNumbers,
            @Nullable RuleInfo[] rules,
            Limits[] limits,
            LimitChains chains,
            long nextBoundaryNs,
            long sizeBytes,
            List<Problem> warnings) {}

    public PolicyEpoch(Parts parts) {
        this.parts = parts;
        this.binding = new Binding(parts.portTables, parts.bound, parts.subjects);
        this.judge = new Judge(parts);
        this.talk = new Talk(parts);
    }

    @Override
    public int epoch() {
        return parts.epoch;
    }

    @Override
    public int guard(FlowKey sender) {
        return binding.guard(sender);
    }

    @Override
    public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
        judge.evaluate(flow, nowNs, verdict);
    }

    @Override
    public boolean couldTalk(FlowKey ends, long nowNs) {
        return talk.could(ends);
    }

    @Override
    public boolean bindsDestination(FlowKey ends) {
        return binding.bindsDestination(ends);
    }

    @Override
    public Levels levels() {
        return parts.labels.levels();
    }

    @Override
    public int level(FlowKey ends) {
        return parts.labels.talkLevel(ends, binding.subject(binding.asker(ends)), binding.subject(binding.asked(ends)));
    }

    @Override
    public int unprovenLevel() {
        return parts.labels.unproven();
    }

    @Override
    public boolean mayLeave(int level, int portId) {
        return parts.labels.mayLeave(level, portId);
    }

    @Override
    public @Nullable Limits limits(int number) {
        return parts.chains.get(number);
    }

    @Override
    public int portId(String portName) {
        return parts.portNumbers.getOrDefault(portName, FlowKey.NO_PORT);
    }

    @Override
    public String portName(int portId) {
        return portId > 0 && portId < parts.ports.length ? parts.ports[portId] : "";
    }

    /** Number of the revision that the documents are. */
    public int revision() {
        return parts.revision;
    }

    public PolicySet documents() {
        return parts.documents;
    }

    /** Documents of the grants that the epoch was compiled with, also those that have expired since. */
    public List<Document> grants() {
        return parts.grants;
    }

    /** Id of the component, {@code reserved.*}, or {@code identity-N} for numbers that nobody has. */
    public String identityName(int identity) {
        Document document = identity > 0 && identity < parts.components.length ? parts.components[identity] : null;
        if (document != null) {
            return document.id();
        }
        return switch (identity) {
            case Identity.NONE -> "none";
            case Identity.HOST -> "reserved.host";
            case Identity.WORLD -> "reserved.world";
            case Identity.UNKNOWN -> "reserved.unknown";
            default -> "identity-" + identity;
        };
    }

    /** Number of the component, {@link Identity#NONE} when the epoch has no such. */
    public int identityOf(String componentId) {
        int identity = parts.identityNumbers.getOrDefault(componentId, Identity.NONE);
        return identity < parts.subjects.length && parts.subjects[identity] != null ? identity : Identity.NONE;
    }

    /** All identities of the epoch, ascending, the reserved ones too. */
    public int[] identities() {
        return java.util.stream.IntStream.range(0, parts.subjects.length)
                .filter(identity -> parts.subjects[identity] != null)
                .toArray();
    }

    /** The manifest of the identity, null when it has none. */
    public @Nullable Component component(int identity) {
        Document document = document(identity);
        return document == null ? null : (Component) document.body();
    }

    /** The document of the identity, null when it has none. */
    public @Nullable Document document(int identity) {
        return identity > 0 && identity < parts.components.length ? parts.components[identity] : null;
    }

    /** What the number stands for, null for 0 and for rules of other epochs. */
    public @Nullable RuleInfo rule(int number) {
        return number > 0 && number < parts.rules.length ? parts.rules[number] : null;
    }

    /** The number and place of a rule by its names, null when it stands on no such side. For explanations; slow. */
    @Nullable
    RuleInfo rule(Kind kind, String owner, String ruleId, boolean egressSide) {
        for (RuleInfo rule : parts.rules) {
            if (rule != null
                    && rule.egressSide() == egressSide
                    && rule.ruleId().equals(ruleId)
                    && rule.owner().equals(owner)
                    && rule.ownerKind() == kind) {
                return rule;
            }
        }
        return null;
    }

    /** The document that holds the rule, null when the epoch has no such. */
    public @Nullable Document document(RuleInfo rule) {
        return switch (rule.ownerKind()) {
            case GRANT ->
                parts.grants.stream()
                        .filter(grant -> grant.id().equals(rule.owner()))
                        .findFirst()
                        .orElse(null);
            default -> parts.documents.get(rule.ownerKind(), rule.owner());
        };
    }

    /** When the epoch should be compiled anew at the latest: a rule or grant begins or ends; {@link Verdict#FOR_EVER} for never. */
    public long nextBoundaryNs() {
        return parts.nextBoundaryNs;
    }

    /** Bytes of all tables on the heap. */
    public long sizeBytes() {
        return parts.sizeBytes;
    }

    /** What was accepted, and yet is probably not meant. */
    public List<Problem> warnings() {
        return parts.warnings;
    }

    /** Who is at an end of the flow, as {@code identity << 4 | assurance}: what evaluate sees. */
    int endOf(FlowKey flow, boolean source) {
        return source ? binding.source(flow) : binding.destination(flow);
    }

    /** Who is at an end of the flow. */
    Subject subject(FlowKey flow, boolean source) {
        return binding.subject(endOf(flow, source));
    }

    /** Its security context, the label domain's for identities without one of their own. */
    public SecurityContext contextOf(int identity) {
        Component component = component(identity);
        SecurityContext unlabeled = parts.labels.settings().domain().unlabeled();
        return component == null ? unlabeled : component.securityLabel().orElse(unlabeled);
    }

    /** What the host says of labels. */
    public LabelSettings labelSettings() {
        return parts.labels.settings();
    }

    /** What holds of labels. */
    LabelTable labels() {
        return parts.labels;
    }

    /** The rule of a tier that decides, is audited or mirrors on a side of the flow, 0 for none: {@link Judge#rule}. */
    int rule(boolean egress, int tier, int sought, FlowKey flow, long nowNs) {
        Subject source = subject(flow, true);
        Subject destination = subject(flow, false);
        return judge.rule(
                egress, tier, sought, egress ? source : destination, egress ? destination : source, flow, nowNs);
    }
}
