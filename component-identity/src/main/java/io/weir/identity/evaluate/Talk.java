package io.weir.identity.evaluate;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Identity;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.policy.PortRole;

/**
 * Whether two ends could talk at all: never no when {@link Judge} would allow a flow between them, in either direction, whatever
 * its protocol, to a unicast address; yes in some cases where it would not. Rules bound to a time count as if they were there.
 * A default deny that rejects or redirects counts as talk too: without each other's MAC addresses no packet would come to be
 * rejected.
 *
 * <p>An end is who has its addresses whatever the ports, else everybody who may have them: components that share them by their
 * ports, and whoever is unknown there. A frame without IP address is of whom its MAC address belongs to, if that is one. A zero or
 * group MAC address, and else a zero IP address, leave open whose they are; rules for networks are asked with the addresses of the
 * key.
 *
 * <p>Threading: immutable, any thread.
 */
final class Talk {
    /** Ends with more candidates than that could always talk, so that the work stays bounded. */
    private static final int MOST_CANDIDATES = 64;

    private final Binding binding;
    private final LabelTable labels;
    private final SenderRules addresses;

    Talk(PolicyEpoch.Parts parts) {
        binding = new Binding(parts.portTables(), parts.bound(), parts.subjects());
        labels = parts.labels();
        addresses = parts.addresses();
    }

    boolean could(FlowKey ends) {
        PortTable from = binding.port(ends.ingressPort());
        int certain = certain(from, ends, true);
        if (certain != 0) {
            return couldFrom(binding.subject(certain), ends);
        }
        for (int shape = 0; shape < 4; shape++) {
            int set = set(from, shape, ends, true);
            if (set != 0 && from != null && couldAny(from.data(), set, ends)) {
                return true;
            }
        }
        return couldFrom(reserved(ends.ingressRole()), ends);
    }

    private boolean couldAny(int[] data, int set, FlowKey ends) {
        if (data[set] > MOST_CANDIDATES) {
            return true;
        }
        for (int i = 1; i <= data[set]; i++) {
            if (couldFrom(subject(data[set + i]), ends)) {
                return true;
            }
        }
        return false;
    }

    private boolean couldFrom(Subject source, FlowKey ends) {
        PortTable to = binding.port(ends.egressPort());
        int certain = certain(to, ends, false);
        if (certain != 0) {
            return between(source, binding.subject(certain), ends);
        }
        for (int shape = 0; shape < 4; shape++) {
            int set = set(to, shape, ends, false);
            if (set != 0 && to != null && couldAnyTo(source, to.data(), set, ends)) {
                return true;
            }
        }
        return mayFlood(source, to, ends) && between(source, reserved(ends.egressRole()), ends);
    }

    /**
     * Whether a message may go to the unknown at a port: to a guest's port it goes, if it is for many, only where it could pass to one of
     * those that are bound there, as they hear it first of all.
     */
    private boolean mayFlood(Subject source, @Nullable PortTable to, FlowKey ends) {
        if (to == null || ends.egressRole() != PortRole.VM || !PortTable.isGroup(ends.destinationMac())) {
            return true;
        }
        int one = to.identifyMany(ends.vlan());
        if (one != 0) {
            return labels.could(ends, source, binding.subject(one));
        }
        int[] data = to.data();
        int set = to.everybody();
        boolean could = data[set] > MOST_CANDIDATES;
        for (int i = 1; i <= data[set] && !could; i++) {
            could = labels.could(ends, source, subject(data[set + i]));
        }
        return could;
    }

    private boolean couldAnyTo(Subject source, int[] data, int set, FlowKey ends) {
        if (data[set] > MOST_CANDIDATES) {
            return true;
        }
        for (int i = 1; i <= data[set]; i++) {
            if (between(source, subject(data[set + i]), ends)) {
                return true;
            }
        }
        return false;
    }

    /** The one who has the addresses of the end whatever its ports, 0 when they leave that open. */
    private static int certain(@Nullable PortTable port, FlowKey ends, boolean source) {
        long mac = source ? ends.sourceMac() : ends.destinationMac();
        long high = source ? ends.sourceHigh() : ends.destinationHigh();
        long low = source ? ends.sourceLow() : ends.destinationLow();
        if (port == null || mac == 0 || PortTable.isGroup(mac)) {
            return 0;
        }
        if ((high | low) != 0) {
            return port.identifyWhole(mac, ends.vlan(), high, low);
        }
        if (ends.protocol() != FlowKey.NOT_IP) {
            return 0;
        }
        int told = port.identifyPlain(mac, ends.vlan());
        PortRole role = source ? ends.ingressRole() : ends.egressRole();
        // Only a guest has nothing else behind it than what is bound to its port.
        return role == PortRole.VM || sameComponent(told, port.identifyWhole(mac, ends.vlan(), 0, 0)) ? told : 0;
    }

    private static boolean sameComponent(int one, int other) {
        return one >>> PortTable.ASSURANCE_BITS == other >>> PortTable.ASSURANCE_BITS;
    }

    /** Candidates of that shape at an end; without a MAC address to go by they are all told for shape 0. */
    private static int set(@Nullable PortTable port, int shape, FlowKey ends, boolean source) {
        if (port == null) {
            return 0;
        }
        long mac = source ? ends.sourceMac() : ends.destinationMac();
        long high = source ? ends.sourceHigh() : ends.destinationHigh();
        long low = source ? ends.sourceLow() : ends.destinationLow();
        boolean addressed = (high | low) != 0;
        if (mac == 0 || PortTable.isGroup(mac) || !addressed) {
            return shape != 0 ? 0 : addressed ? port.candidates(high, low) : port.everybody();
        }
        return port.candidates(shape, mac, ends.vlan(), high, low);
    }

    private boolean between(Subject source, Subject destination, FlowKey ends) {
        if (!labels.could(ends, source, destination)) {
            return false;
        }
        PolicyMode in = ends.ingressMode();
        PolicyMode out = ends.egressMode();
        boolean forth =
                side(true, source, destination, in, true, ends) && side(false, destination, source, out, false, ends);
        return forth
                || (side(true, destination, source, out, false, ends)
                        && side(false, source, destination, in, true, ends));
    }

    /** Whether the side could allow or answer some flow with the peer; atSource tells which end of the key the side's own is. */
    private boolean side(boolean egress, Subject own, Subject peer, PolicyMode mode, boolean atSource, FlowKey ends) {
        if (mode != PolicyMode.ENFORCE) {
            return true;
        }
        if (own.is(Subject.QUARANTINED)) {
            return false;
        }
        int tiers = own.tiers(egress) | addresses.tiers(egress);
        while (tiers != 0) {
            int tier = Integer.numberOfTrailingZeros(tiers);
            tiers &= tiers - 1;
            int[] table = own.table(egress, tier);
            int[] sender = sender(egress, own, tier, atSource, ends);
            if (has(table, L4Map.MAY_ALLOW, peer, atSource, ends)
                    || has(sender, L4Map.MAY_ALLOW, peer, atSource, ends)) {
                return true;
            }
            if (tier == Subject.COMPONENT_TIER && own.is(Subject.AUDITED)) {
                return true;
            }
            boolean passes = has(table, L4Map.MAY_PASS, peer, atSource, ends)
                    || has(sender, L4Map.MAY_PASS, peer, atSource, ends);
            if (!passes && table != null && ends(table, peer)) {
                return false;
            }
        }
        return !own.isolated(egress) || own.is(Subject.AUDITED) || own.violationsAction() != Action.DROP;
    }

    private int @Nullable [] sender(boolean egress, Subject own, int tier, boolean atSource, FlowKey ends) {
        if ((addresses.tiers(egress) >>> tier & 1) == 0) {
            return null;
        }
        long high = atSource ? ends.sourceHigh() : ends.destinationHigh();
        long low = atSource ? ends.sourceLow() : ends.destinationLow();
        return addresses.table(egress, tier, own.identity() < Identity.FIRST_COMPONENT, high, low);
    }

    /** Whether one of the parts of the table has the flag for the peer. */
    private static boolean has(int @Nullable [] table, int flag, Subject peer, boolean atSource, FlowKey ends) {
        if (table == null) {
            return false;
        }
        long high = atSource ? ends.destinationHigh() : ends.sourceHigh();
        long low = atSource ? ends.destinationLow() : ends.sourceLow();
        boolean stranger = peer.identity() < Identity.FIRST_COMPONENT;
        return L4Map.has(table, table[RuleTable.ANY], flag)
                || L4Map.has(table, RuleTable.byIdentity(table, peer.identity()), flag)
                || L4Map.has(table, RuleTable.byProfile(table, peer.profile()), flag)
                || L4Map.has(table, RuleTable.byNetwork(table, stranger, high, low), flag);
    }

    /** Whether every flow with the peer ends in this table: networks are left out, an address may be open. */
    private static boolean ends(int[] table, Subject peer) {
        return L4Map.has(table, table[RuleTable.ANY], L4Map.ENDS)
                || L4Map.has(table, RuleTable.byIdentity(table, peer.identity()), L4Map.ENDS)
                || L4Map.has(table, RuleTable.byProfile(table, peer.profile()), L4Map.ENDS);
    }

    private Subject subject(int identity) {
        return binding.subject(identity << PortTable.ASSURANCE_BITS);
    }

    private Subject reserved(PortRole role) {
        return binding.subject(Binding.reserved(role));
    }
}
