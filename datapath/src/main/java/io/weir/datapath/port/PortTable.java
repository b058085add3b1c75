package io.weir.datapath.port;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.packet.PortSet;

/**
 * All ports as the workers see them: an immutable snapshot. Every change makes a new table, published by one release store;
 * a worker takes the current one once per duty cycle, so that a batch is judged by exactly one.
 *
 * <p>Threading: immutable.
 */
public final class PortTable {
    /** The port exists. */
    public static final int PRESENT = 1;
    /**
     * It has its device, the operator has it enabled, and everything is programmed: frames may pass. The link's state does not
     * matter: a frame that arrives proves that it is up before the kernel has told so.
     */
    public static final int READY = 1 << 1;

    public static final int LEARNING = 1 << 2;
    public static final int STICKY = 1 << 3;
    public static final int ISOLATED = 1 << 4;
    public static final int HAIRPIN = 1 << 5;
    public static final int BPDU_FILTER = 1 << 6;
    public static final int BPDU_GUARD = 1 << 7;
    public static final int SUPPRESS_NEIGHBOURS = 1 << 8;
    public static final int FAST_LEAVE = 1 << 9;
    public static final int SPLIT_HORIZON = 1 << 10;

    private static final int VLANS = 4096;

    /** No port at all. */
    public static final PortTable EMPTY = new PortTable(List.of());

    /**
     * One port of the table.
     *
     * @param number 0 to {@link PortSet#MAX_PORTS} - 1, stable while the port lives
     * @param settings what the operator said
     * @param ready whether frames may pass now
     * @param linkUp whether the device can send, as far as is known: flooded frames leave only by such ports
     * @param mtu largest network-layer packet in bytes, as in force
     */
    public record Entry(int number, PortSettings settings, boolean ready, boolean linkUp, int mtu) {}

    private final List<Entry> entries;
    private final @Nullable Entry[] byNumber = new Entry[PortSet.MAX_PORTS];
    private final int[] flags = new int[PortSet.MAX_PORTS];
    private final int[] mtu = new int[PortSet.MAX_PORTS];
    private final VlanSettings[] vlan = new VlanSettings[PortSet.MAX_PORTS];
    private final PolicySettings.WireLabel[] wireLabel = new PolicySettings.WireLabel[PortSet.MAX_PORTS];
    private final PortSet ready = new PortSet();
    private final PortSet isolated = new PortSet();
    private final PortSet splitHorizon = new PortSet();
    private final PortSet floodUnknown = new PortSet();
    private final PortSet floodBroadcast = new PortSet();
    private final PortSet floodMulticast = new PortSet();
    private final PortSet[] vlanMembers = new PortSet[VLANS];

    public PortTable(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        Arrays.fill(vlanMembers, new PortSet());
        Arrays.fill(vlan, VlanSettings.access(VlanSettings.DEFAULT_VLAN));
        Arrays.fill(wireLabel, PolicySettings.WireLabel.NONE);
        for (Entry entry : this.entries) {
            enter(entry);
        }
    }

    private void enter(Entry entry) {
        int number = entry.number();
        BridgeSettings bridge = entry.settings().bridge();
        byNumber[number] = entry;
        mtu[number] = entry.mtu();
        wireLabel[number] = entry.settings().policy().wireLabel();
        flags[number] = PRESENT
                | bit(entry.ready(), READY)
                | bit(bridge.learning(), LEARNING)
                | bit(bridge.sticky(), STICKY)
                | bit(bridge.isolated(), ISOLATED)
                | bit(bridge.hairpin(), HAIRPIN)
                | bit(bridge.bpduFilter(), BPDU_FILTER)
                | bit(bridge.bpduGuard(), BPDU_GUARD)
                | bit(bridge.suppressNeighbours(), SUPPRESS_NEIGHBOURS)
                | bit(bridge.fastLeave(), FAST_LEAVE)
                | bit(bridge.splitHorizon(), SPLIT_HORIZON);
        addIf(entry.ready() && entry.linkUp(), ready, number);
        addIf(bridge.isolated(), isolated, number);
        addIf(bridge.splitHorizon(), splitHorizon, number);
        addIf(bridge.floodUnknown(), floodUnknown, number);
        addIf(bridge.floodBroadcast(), floodBroadcast, number);
        addIf(bridge.floodMulticast(), floodMulticast, number);
        VlanSettings carried = entry.settings().vlan();
        vlan[number] = carried;
        for (int vid = VlanSettings.MIN_VLAN; vid <= VlanSettings.MAX_VLAN; vid++) {
            if (carried.carries(vid)) {
                vlanMembers[vid] = new PortSet().copyFrom(vlanMembers[vid]).add(number);
            }
        }
    }

    private static int bit(boolean set, int bit) {
        return set ? bit : 0;
    }

    private static void addIf(boolean member, PortSet set, int number) {
        if (member) {
            set.add(number);
        }
    }

    /** All ports, in the order of the configuration. */
    public List<Entry> entries() {
        return entries;
    }

    /** The port with that number, or null. Not for the hot path. */
    public @Nullable Entry entry(int number) {
        return byNumber[number];
    }

    /** The port with that name, or null. Not for the hot path. */
    public @Nullable Entry entry(String name) {
        for (Entry entry : entries) {
            if (entry.settings().name().equals(name)) {
                return entry;
            }
        }
        return null;
    }

    /** The flag bits of a port; 0 when there is no such port. */
    public int flags(int number) {
        return flags[number];
    }

    /** Whether all of the given flag bits are set for the port. */
    public boolean has(int number, int flagMask) {
        return (flags[number] & flagMask) == flagMask;
    }

    /** Largest network-layer packet that the port takes, in bytes. */
    public int mtu(int number) {
        return mtu[number];
    }

    /** VLAN settings of the port. */
    public VlanSettings vlan(int number) {
        return vlan[number];
    }

    /** What the port does with security labels in IP options; NONE when there is no such port. */
    public PolicySettings.WireLabel wireLabel(int number) {
        return wireLabel[number];
    }

    /** Ports that are {@link #READY} and whose link is up: where floods go. Never change a set that this class returns. */
    public PortSet ready() {
        return ready;
    }

    public PortSet isolated() {
        return isolated;
    }

    public PortSet splitHorizon() {
        return splitHorizon;
    }

    public PortSet floodUnknown() {
        return floodUnknown;
    }

    public PortSet floodBroadcast() {
        return floodBroadcast;
    }

    public PortSet floodMulticast() {
        return floodMulticast;
    }

    /** Ports that carry the VLAN, whether ready or not. */
    public PortSet vlanMembers(int vlan) {
        return vlanMembers[vlan];
    }
}
