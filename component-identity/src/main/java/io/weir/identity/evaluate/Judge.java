package io.weir.identity.evaluate;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Limits;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.Verdict;

/**
 * Judges flows in the order of docs/policy.md: identify, labels, the source's egress, the destination's ingress, combine.
 *
 * <p>The verdict itself carries what is known so far: after the egress side its action, and as its audit action what that side would
 * have done had nothing been in audit mode; the ingress side then makes either stricter.
 *
 * <p>Threading: immutable, any thread.
 */
final class Judge {
    private static final int QUARANTINED = DropReason.QUARANTINED.code();
    private static final int ASSURANCE_TOO_LOW = DropReason.ASSURANCE_TOO_LOW.code();
    private static final int IDENTITY_UNKNOWN = DropReason.IDENTITY_UNKNOWN.code();
    private static final int EGRESS_DENIED = DropReason.EGRESS_DENIED.code();
    private static final int INGRESS_DENIED = DropReason.INGRESS_DENIED.code();
    private static final int EGRESS_NO_RULE = DropReason.EGRESS_NO_RULE.code();
    private static final int INGRESS_NO_RULE = DropReason.INGRESS_NO_RULE.code();

    /** What a side returns in its low bits: the rule's onChange, or that there was no rule. */
    private static final int NO_RULE = 4;

    private final int epoch;
    private final Binding binding;
    private final LabelTable labels;
    private final SenderRules addresses;
    private final Limits[] limits;
    private final LimitChains chains;

    Judge(PolicyEpoch.Parts parts) {
        epoch = parts.epoch();
        binding = new Binding(parts.portTables(), parts.bound(), parts.subjects());
        labels = parts.labels();
        addresses = parts.addresses();
        limits = parts.limits();
        chains = parts.chains();
    }

    void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
        verdict.begin(epoch);
        int from = binding.source(flow);
        int to = binding.destination(flow);
        Subject source = binding.subject(from);
        Subject destination = binding.subject(to);
        int fromAssurance = from & (1 << PortTable.ASSURANCE_BITS) - 1;
        int toAssurance = to & (1 << PortTable.ASSURANCE_BITS) - 1;
        verdict.identities(source.identity(), destination.identity());
        verdict.assurances(fromAssurance, toAssurance);
        int level = LabelTable.level(flow, source);
        verdict.label(level);
        int refused = labels.check(flow, source, destination, level);
        if (refused != 0) {
            verdict.decide(Action.DROP, refused);
            return;
        }
        verdict.audit(Action.ALLOW, 0, 0);
        long egress = side(true, source, destination, fromAssurance, flow, nowNs, verdict);
        long ingress = side(false, destination, source, toAssurance, flow, nowNs, verdict);
        conclude(flow, source, destination, egress, ingress, verdict);
    }

    private void conclude(
            FlowKey flow, Subject source, Subject destination, long egress, long ingress, Verdict verdict) {
        if (verdict.action() == Action.ALLOW) {
            verdict.onChange(onChange((int) egress, (int) ingress));
            verdict.limits(chains.number(
                    limits,
                    (int) (egress >>> 32),
                    flow.ingressMode() == PolicyMode.ENFORCE ? source.egressLimits() : 0,
                    (int) (ingress >>> 32),
                    flow.egressMode() == PolicyMode.ENFORCE ? destination.ingressLimits() : 0));
        }
        if (verdict.auditAction() <= verdict.action()) {
            verdict.audit(Action.NONE, 0, 0);
        }
    }

    /** The stricter of both sides; a side without a rule has no say. */
    private static int onChange(int egress, int ingress) {
        int strictest = Math.min(egress & (RuleTable.ON_CHANGE | NO_RULE), ingress & (RuleTable.ON_CHANGE | NO_RULE));
        return strictest == NO_RULE ? Verdict.REEVALUATE : strictest;
    }

    /** Judges one side into the verdict; returns limits of the rule that allows it in the upper half, its onChange in the lower. */
    private long side(
            boolean egress, Subject own, Subject peer, int assurance, FlowKey flow, long nowNs, Verdict verdict) {
        PolicyMode mode = egress ? flow.ingressMode() : flow.egressMode();
        if (mode == PolicyMode.OFF) {
            return NO_RULE;
        }
        if (own.is(Subject.QUARANTINED)) {
            return deny(verdict, mode, 0, Action.DROP, QUARANTINED);
        }
        if (assurance < own.minAssurance()) {
            return deny(verdict, mode, 0, Action.DROP, ASSURANCE_TOO_LOW);
        }
        return rules(egress, own, peer, mode, flow, nowNs, verdict);
    }

    private long rules(
            boolean egress, Subject own, Subject peer, PolicyMode mode, FlowKey flow, long nowNs, Verdict verdict) {
        int senderTiers = flow.protocol() == FlowKey.NOT_IP ? 0 : addresses.tiers(egress);
        int tiers = own.tiers(egress) | senderTiers;
        long remembered = 0;
        while (tiers != 0) {
            int tier = Integer.numberOfTrailingZeros(tiers);
            tiers &= tiers - 1;
            int[] table = own.table(egress, tier);
            int[] sender = (senderTiers >>> tier & 1) == 0 ? null : sender(egress, own, tier, flow);
            long hit = first(table, RuleTable.DECIDES, egress, peer, flow, nowNs);
            long senderHit = first(sender, RuleTable.DECIDES, egress, peer, flow, nowNs);
            if (conditional(table) || conditional(sender)) {
                long last = Math.min(hit, senderHit);
                remembered = around(table, sender, last, remembered, egress, peer, flow, nowNs, verdict);
            }
            int[] decided = senderHit < hit ? sender : table;
            int cell = (int) Math.min(hit, senderHit);
            if (decided != null
                    && Math.min(hit, senderHit) != RuleTable.NOTHING
                    && RuleTable.action(decided, cell) != RuleTable.PASS) {
                return decide(egress, own, mode, tier, decided, cell, remembered, verdict);
            }
        }
        return byDefault(egress, own, mode, remembered, verdict);
    }

    /**
     * The rule of a tier that decides, or the first that is audited, or the first that mirrors; 0 for none. For explanations.
     *
     * @param sought of {@link RuleTable}
     */
    int rule(boolean egress, int tier, int sought, Subject own, Subject peer, FlowKey flow, long nowNs) {
        int[] table = own.table(egress, tier);
        boolean sent = flow.protocol() != FlowKey.NOT_IP && (addresses.tiers(egress) >>> tier & 1) != 0;
        int[] sender = sent ? sender(egress, own, tier, flow) : null;
        long hit = first(table, sought, egress, peer, flow, nowNs);
        long senderHit = first(sender, sought, egress, peer, flow, nowNs);
        int[] found = senderHit < hit ? sender : table;
        long earliest = Math.min(hit, senderHit);
        return found == null || earliest == RuleTable.NOTHING ? 0 : found[(int) earliest + RuleTable.CELL_RULE];
    }

    private int @Nullable [] sender(boolean egress, Subject own, int tier, FlowKey flow) {
        boolean stranger = own.identity() < io.weir.datapath.policy.Identity.FIRST_COMPONENT;
        return egress
                ? addresses.table(true, tier, stranger, flow.sourceHigh(), flow.sourceLow())
                : addresses.table(false, tier, stranger, flow.destinationHigh(), flow.destinationLow());
    }

    private static boolean conditional(int @Nullable [] table) {
        return table != null && RuleTable.conditional(table);
    }

    private static long first(
            int @Nullable [] table, int sought, boolean egress, Subject peer, FlowKey flow, long nowNs) {
        if (table == null) {
            return RuleTable.NOTHING;
        }
        int key = L4Map.key(flow.protocol(), flow.destinationPort());
        long first = RuleTable.first(table, table[RuleTable.ANY], key, sought, nowNs);
        first = Math.min(
                first, RuleTable.first(table, RuleTable.byIdentity(table, peer.identity()), key, sought, nowNs));
        first = Math.min(first, RuleTable.first(table, RuleTable.byProfile(table, peer.profile()), key, sought, nowNs));
        return Math.min(first, RuleTable.first(table, network(table, egress, peer, flow), key, sought, nowNs));
    }

    private static int network(int[] table, boolean egress, Subject peer, FlowKey flow) {
        if (table[RuleTable.NETWORK] == 0 || flow.protocol() == FlowKey.NOT_IP) {
            return 0;
        }
        boolean stranger = peer.identity() < io.weir.datapath.policy.Identity.FIRST_COMPONENT;
        return egress
                ? RuleTable.byNetwork(table, stranger, flow.destinationHigh(), flow.destinationLow())
                : RuleTable.byNetwork(table, stranger, flow.sourceHigh(), flow.sourceLow());
    }

    /** What lies on the way to the rule that decides: audited rules, mirrors, bounds of time. Returns the rule to remember. */
    private static long around(
            int @Nullable [] table,
            int @Nullable [] sender,
            long last,
            long remembered,
            boolean egress,
            Subject peer,
            FlowKey flow,
            long nowNs,
            Verdict verdict) {
        verdict.limitValidity(boundary(table, last, egress, peer, flow, nowNs));
        verdict.limitValidity(boundary(sender, last, egress, peer, flow, nowNs));
        long mirror = first(table, RuleTable.MIRRORS, egress, peer, flow, nowNs);
        long senderMirror = first(sender, RuleTable.MIRRORS, egress, peer, flow, nowNs);
        if (verdict.mirrorPort() == FlowKey.NO_PORT && Math.min(mirror, senderMirror) < last) {
            verdict.mirrorPort(target(senderMirror < mirror ? sender : table, (int) Math.min(mirror, senderMirror)));
        }
        if (remembered != 0) {
            return remembered;
        }
        long audit = first(table, RuleTable.AUDITS, egress, peer, flow, nowNs);
        long senderAudit = first(sender, RuleTable.AUDITS, egress, peer, flow, nowNs);
        if (Math.min(audit, senderAudit) >= last) {
            return 0;
        }
        return remember(senderAudit < audit ? sender : table, (int) Math.min(audit, senderAudit));
    }

    private static int target(int @Nullable [] table, int cell) {
        return table == null ? FlowKey.NO_PORT : table[cell + RuleTable.CELL_TARGET];
    }

    /** Action of the cell in the upper half, rule in the lower. */
    private static long remember(int @Nullable [] table, int cell) {
        return table == null ? 0 : (long) RuleTable.action(table, cell) << 32 | table[cell + RuleTable.CELL_RULE];
    }

    private static long boundary(
            int @Nullable [] table, long last, boolean egress, Subject peer, FlowKey flow, long nowNs) {
        if (table == null || !RuleTable.conditional(table)) {
            return Verdict.FOR_EVER;
        }
        int key = L4Map.key(flow.protocol(), flow.destinationPort());
        long earliest = RuleTable.boundary(table, table[RuleTable.ANY], key, last, nowNs);
        earliest = Math.min(
                earliest, RuleTable.boundary(table, RuleTable.byIdentity(table, peer.identity()), key, last, nowNs));
        earliest = Math.min(
                earliest, RuleTable.boundary(table, RuleTable.byProfile(table, peer.profile()), key, last, nowNs));
        return Math.min(earliest, RuleTable.boundary(table, network(table, egress, peer, flow), key, last, nowNs));
    }

    private static long decide(
            boolean egress,
            Subject own,
            PolicyMode mode,
            int tier,
            int[] table,
            int cell,
            long remembered,
            Verdict verdict) {
        int what = RuleTable.what(table, cell);
        int action = what & RuleTable.ACTION;
        int rule = table[cell + RuleTable.CELL_RULE];
        if (action == Action.ALLOW) {
            would(verdict, remembered, Action.ALLOW, 0, rule, egress);
            note(verdict, egress, rule);
            if ((what & RuleTable.RESET) != 0) {
                verdict.resetAtEnd(true);
            }
            long limits = mode == PolicyMode.ENFORCE ? table[cell + RuleTable.CELL_LIMITS] : 0;
            return limits << 32 | (what >>> RuleTable.ON_CHANGE_SHIFT & RuleTable.ON_CHANGE);
        }
        int reason = egress ? EGRESS_DENIED : INGRESS_DENIED;
        would(verdict, remembered, action, reason, rule, egress);
        if (mode == PolicyMode.ENFORCE && !(tier == Subject.COMPONENT_TIER && own.is(Subject.AUDITED))) {
            note(verdict, egress, rule);
            enforce(verdict, action, reason, table[cell + RuleTable.CELL_TARGET]);
        }
        return NO_RULE;
    }

    private static long byDefault(boolean egress, Subject own, PolicyMode mode, long remembered, Verdict verdict) {
        if (!own.isolated(egress)) {
            would(verdict, remembered, Action.ALLOW, 0, 0, egress);
            return NO_RULE;
        }
        int reason = own.is(Subject.STRANGER) ? IDENTITY_UNKNOWN : egress ? EGRESS_NO_RULE : INGRESS_NO_RULE;
        would(verdict, remembered, own.violationsAction(), reason, 0, egress);
        if (mode == PolicyMode.ENFORCE && !own.is(Subject.AUDITED)) {
            enforce(verdict, own.violationsAction(), reason, own.violationsPort());
        }
        return NO_RULE;
    }

    private static long deny(Verdict verdict, PolicyMode mode, int rule, int action, int reason) {
        stricter(verdict, action, reason, rule);
        if (mode == PolicyMode.ENFORCE) {
            enforce(verdict, action, reason, FlowKey.NO_PORT);
        }
        return NO_RULE;
    }

    /** Whether the code is of a denial before any rule is asked. */
    static boolean beforeRules(int reason) {
        return reason == QUARANTINED || reason == ASSURANCE_TOO_LOW || LabelTable.denies(reason);
    }

    private static void note(Verdict verdict, boolean egress, int rule) {
        if (egress) {
            verdict.egressRule(rule);
        } else {
            verdict.ingressRule(rule);
        }
    }

    /** What the side would have done had nothing been in audit mode: what the first audited rule says, else what was decided. */
    private static void would(Verdict verdict, long remembered, int action, int reason, int rule, boolean egress) {
        if (remembered == 0) {
            stricter(verdict, action, reason, rule);
        } else {
            stricter(verdict, (int) (remembered >>> 32), egress ? EGRESS_DENIED : INGRESS_DENIED, (int) remembered);
        }
    }

    private static void stricter(Verdict verdict, int action, int reason, int rule) {
        if (action > verdict.auditAction()) {
            verdict.audit(action, reason, rule);
        }
    }

    private static void enforce(Verdict verdict, int action, int reason, int target) {
        if (action > verdict.action()) {
            verdict.decide(action, reason);
            verdict.redirectPort(action == Action.REDIRECT ? target : FlowKey.NO_PORT);
        }
    }
}
