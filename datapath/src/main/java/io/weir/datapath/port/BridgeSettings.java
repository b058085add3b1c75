package io.weir.datapath.port;

/**
 * What the bridge does on one port; the words are those of {@code bridge link set} where it has one.
 *
 * @param learning whether source addresses are learned
 * @param macLimit most addresses learned on the port, 0 for no limit
 * @param sticky whether a learned address stays with the port until flushed, and refuses to move
 * @param isolated whether frames between this port and other isolated ports are dropped
 * @param hairpin whether a frame may leave by the port it came from (reflective relay, IEEE 802.1Qbg)
 * @param floodUnknown whether frames to unknown unicast addresses leave by this port
 * @param floodBroadcast whether broadcast frames leave by this port
 * @param floodMulticast whether unregistered multicast frames leave by this port
 * @param bpduFilter whether spanning-tree frames are dropped without further effect
 * @param bpduGuard whether a spanning-tree frame shuts the port for the recovery time
 * @param multicastRouter whether a multicast router is behind the port
 * @param fastLeave whether a leave message ends a membership at once
 * @param suppressNeighbours whether ARP requests and neighbour solicitations towards this port are answered by the switch
 * when it knows the answer
 * @param splitHorizon whether frames between this port and others with split horizon are dropped: tunnels of a full mesh
 * @param storm limits on flooded frames that enter by the port
 */
public record BridgeSettings(
        boolean learning,
        int macLimit,
        boolean sticky,
        boolean isolated,
        boolean hairpin,
        boolean floodUnknown,
        boolean floodBroadcast,
        boolean floodMulticast,
        boolean bpduFilter,
        boolean bpduGuard,
        MulticastRouter multicastRouter,
        boolean fastLeave,
        boolean suppressNeighbours,
        boolean splitHorizon,
        StormLimits storm) {

    /** What is known about multicast routers behind a port. */
    public enum MulticastRouter {
        /** Learned from queries. */
        AUTO,
        ALWAYS,
        NEVER
    }

    /**
     * Storm control, in frames per second that enter by the port; 0 means no limit. A burst of a tenth of a second passes.
     *
     * @param broadcastPps broadcast frames
     * @param multicastPps multicast frames
     * @param unknownUnicastPps frames to unknown unicast addresses
     */
    public record StormLimits(int broadcastPps, int multicastPps, int unknownUnicastPps) {
        public static final StormLimits NONE = new StormLimits(0, 0, 0);

        public StormLimits {
            if (broadcastPps < 0 || multicastPps < 0 || unknownUnicastPps < 0) {
                throw new IllegalArgumentException("storm limits must be 0 (none) or more frames per second");
            }
        }
    }

    public BridgeSettings {
        if (macLimit < 0) {
            throw new IllegalArgumentException("mac limit must be 0 (none) or more: was " + macLimit);
        }
        if (bpduFilter && bpduGuard) {
            throw new IllegalArgumentException("bpdu filter and bpdu guard exclude each other: choose one");
        }
    }

    /** A port as {@code ip link set master} makes it. */
    public static final BridgeSettings DEFAULT = new BridgeSettings(
            true,
            0,
            false,
            false,
            false,
            true,
            true,
            true,
            false,
            false,
            MulticastRouter.AUTO,
            false,
            false,
            false,
            StormLimits.NONE);
}
