package io.weir.datapath.port;

import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Everything an operator says about one port. Immutable; changing a setting makes a new one.
 *
 * @param name unique name within the switch: 1 to 32 of letters, digits, dot, dash, underscore
 * @param type what the port is
 * @param device name of the kernel's interface (tap: the one Weir makes; netdev: an existing one), of an esp port
 *     the peer's name
 * @param netns namespace of the device, by name or path, null for the daemon's own
 * @param io how a netdev port moves frames
 * @param mtu largest network-layer packet in bytes, 68 to 9,216; 0 takes the device's own
 * @param pcapIn capture file that a pcap port replays, null for none
 * @param pcapOut capture file that a pcap port writes, null for none
 * @param enabled whether frames pass
 * @param vlan VLANs of the port
 * @param bridge bridge behaviour of the port
 * @param policy how the port stands to the policy
 */
public record PortSettings(
        String name,
        Type type,
        String device,
        @Nullable String netns,
        Io io,
        int mtu,
        @Nullable Path pcapIn,
        @Nullable Path pcapOut,
        boolean enabled,
        VlanSettings vlan,
        BridgeSettings bridge,
        PolicySettings policy) {

    public static final int MIN_MTU = 68;
    public static final int MAX_MTU = 9216;

    /** What a port is. */
    public enum Type {
        /** A tap device that Weir makes and whose other side is a namespace's or container's interface. */
        TAP,
        /** An interface that exists: a VM's tap, one end of a veth pair, a NIC. */
        NETDEV,
        /** A capture file in, a capture file out. */
        PCAP,
        /** A tunnel to another host: frames in ESP. Its device is the peer's name. */
        ESP
    }

    /** How a netdev port moves frames. */
    public enum Io {
        /** XDP where the device has no offload that would be lost, else packet. */
        AUTO,
        /** AF_PACKET with virtio-net headers: super-frames pass whole. */
        PACKET,
        /** AF_XDP: most frames per second, no offloads. */
        XDP
    }

    public PortSettings {
        if (!name.matches("[A-Za-z0-9._-]{1,32}")) {
            throw new IllegalArgumentException(
                    "port name must be 1 to 32 letters, digits, dots, dashes or underscores: was \"" + name + '"');
        }
        if (mtu != 0 && (mtu < MIN_MTU || mtu > MAX_MTU)) {
            throw new IllegalArgumentException("mtu must be 68 to 9216, or 0 for the device's own: was " + mtu);
        }
    }

    /** Whether both ports use the same interface of the same namespace. */
    public boolean sameDevice(PortSettings other) {
        return type == other.type && device.equals(other.device) && Objects.equals(netns, other.netns);
    }
}
