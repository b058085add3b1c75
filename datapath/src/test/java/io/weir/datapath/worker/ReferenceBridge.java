package io.weir.datapath.worker;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A learning bridge with access and trunk ports as the documents describe one (IEEE 802.1Q-2022 clauses 6.9 and 8.6), and as
 * simply as can be: the oracle for valid unicast and broadcast frames. Tags are 0x8100 only; nothing ages, nothing is limited.
 */
final class ReferenceBridge {
    /**
     * A port.
     *
     * @param untagged VLAN of frames without a tag, both ways; 0 for none
     * @param tagged VLANs of frames with a tag, both ways
     */
    record Port(String name, int untagged, Set<Integer> tagged) {
        boolean carries(int vlan) {
            return vlan == untagged || tagged.contains(vlan);
        }

        /** Only a trunk looks at tags. */
        boolean isTrunk() {
            return !tagged.isEmpty();
        }
    }

    private final List<Port> ports;
    private final Map<String, Port> learned = new HashMap<>();

    ReferenceBridge(List<Port> ports) {
        this.ports = ports;
    }

    /** What leaves, by port name, for a frame that arrives. */
    Map<String, byte[]> receive(Port ingress, byte[] frame) {
        boolean isTagged = frame[12] == (byte) 0x81 && frame[13] == 0;
        int tci = isTagged ? (frame[14] & 0xFF) << 8 | (frame[15] & 0xFF) : 0;
        int vid = tci & 0xFFF;
        int vlan = vid == 0 ? ingress.untagged() : vid;
        if ((vid != 0 && (!ingress.isTrunk() || !ingress.carries(vid))) || vlan == 0) {
            return Map.of();
        }
        learned.put(vlan + " " + mac(frame, 6), ingress);
        byte[] untagged = isTagged ? without(frame) : frame;
        Map<String, byte[]> leaving = new TreeMap<>();
        for (Port port : waysOut(ingress, vlan, mac(frame, 0))) {
            boolean leavesTagged = port.isTrunk() && port.untagged() != vlan;
            leaving.put(port.name(), leavesTagged ? with(untagged, (tci & 0xF000) | vlan) : untagged);
        }
        return leaving;
    }

    private Set<Port> waysOut(Port ingress, int vlan, String destination) {
        Port known = learned.get(vlan + " " + destination);
        Set<Port> ways = known == null ? new HashSet<>(ports) : new HashSet<>(Set.of(known));
        ways.removeIf(port -> !port.carries(vlan) || port.equals(ingress));
        return ways;
    }

    private static String mac(byte[] frame, int offset) {
        return Arrays.toString(Arrays.copyOfRange(frame, offset, offset + 6));
    }

    private static byte[] without(byte[] frame) {
        byte[] bytes = Arrays.copyOf(frame, frame.length - 4);
        System.arraycopy(frame, 16, bytes, 12, frame.length - 16);
        return bytes;
    }

    private static byte[] with(byte[] frame, int tci) {
        byte[] bytes = Arrays.copyOf(frame, frame.length + 4);
        System.arraycopy(frame, 12, bytes, 16, frame.length - 12);
        bytes[12] = (byte) 0x81;
        bytes[13] = 0;
        bytes[14] = (byte) (tci >> 8);
        bytes[15] = (byte) tci;
        return bytes;
    }

    /** A port as a line of {@link PortLines}. */
    static String line(Port port) {
        if (!port.isTrunk()) {
            return port.name() + " access " + port.untagged() + "\n";
        }
        String vlans = new TreeSet<>(port.tagged()).toString().replaceAll("[\\[\\] ]", "");
        return port.name() + " trunk " + vlans + (port.untagged() == 0 ? "" : " native " + port.untagged()) + "\n";
    }
}
