package io.weir.kernel.packetsocket;

import org.jspecify.annotations.Nullable;

import io.weir.kernel.NetworkNamespace;

/**
 * What a {@link PacketSocket} is opened with. Start from {@link #receiving} or {@link #sending}.
 *
 * <p>Threading: immutable.
 *
 * @param ifIndex interface in {@code namespace}
 * @param namespace null for the process's own
 * @param receive false for a socket that only sends: no frame is ever queued on it
 * @param receiveBufferBytes 0 for the kernel's default
 * @param sendBufferBytes 0 for the kernel's default
 * @param vnetHeader every frame starts with a 10-byte virtio_net_hdr in the machine's byte order, so that super-frames
 *     and unfinished checksums pass whole in both directions
 * @param promiscuous receive frames for any address; the kernel ends it with the socket
 * @param qdiscBypass send straight to the driver; a full driver queue then drops instead of holding back
 * @param fanoutGroup 0 for none; sockets of one interface with the same number share its flows by hash
 * @param ring geometry of the receive ring, null to receive by {@link MessageVector}
 */
public record PacketSocketOptions(
        int ifIndex,
        @Nullable NetworkNamespace namespace,
        boolean receive,
        int receiveBufferBytes,
        int sendBufferBytes,
        boolean vnetHeader,
        boolean promiscuous,
        boolean qdiscBypass,
        int fanoutGroup,
        @Nullable RingGeometry ring) {
    private static final int DEFAULT_BUFFER_BYTES = 8 << 20;
    private static final int MAX_FANOUT_GROUP = 0xffff;

    public PacketSocketOptions {
        if (ifIndex <= 0) {
            throw new IllegalArgumentException("ifIndex must be positive: was " + ifIndex);
        }
        if (fanoutGroup < 0 || fanoutGroup > MAX_FANOUT_GROUP) {
            throw new IllegalArgumentException("fanoutGroup must be 0 to 65535: was " + fanoutGroup);
        }
        if (ring != null && !receive) {
            throw new IllegalArgumentException("a socket that only sends has no receive ring");
        }
    }

    /** Receives promiscuously and sends, with vnet header, qdisc bypass and 8 MiB buffers. */
    public static PacketSocketOptions receiving(int ifIndex, @Nullable NetworkNamespace namespace) {
        return new PacketSocketOptions(
                ifIndex, namespace, true, DEFAULT_BUFFER_BYTES, DEFAULT_BUFFER_BYTES, true, true, true, 0, null);
    }

    /** Only sends, otherwise as {@link #receiving}. */
    public static PacketSocketOptions sending(int ifIndex, @Nullable NetworkNamespace namespace) {
        return new PacketSocketOptions(ifIndex, namespace, false, 0, DEFAULT_BUFFER_BYTES, true, false, true, 0, null);
    }

    public PacketSocketOptions withVnetHeader(boolean value) {
        return new PacketSocketOptions(
                ifIndex,
                namespace,
                receive,
                receiveBufferBytes,
                sendBufferBytes,
                value,
                promiscuous,
                qdiscBypass,
                fanoutGroup,
                ring);
    }

    public PacketSocketOptions withBuffers(int receiveBytes, int sendBytes) {
        return new PacketSocketOptions(
                ifIndex,
                namespace,
                receive,
                receiveBytes,
                sendBytes,
                vnetHeader,
                promiscuous,
                qdiscBypass,
                fanoutGroup,
                ring);
    }

    public PacketSocketOptions withQdiscBypass(boolean value) {
        return new PacketSocketOptions(
                ifIndex,
                namespace,
                receive,
                receiveBufferBytes,
                sendBufferBytes,
                vnetHeader,
                promiscuous,
                value,
                fanoutGroup,
                ring);
    }

    public PacketSocketOptions withFanoutGroup(int group) {
        return new PacketSocketOptions(
                ifIndex,
                namespace,
                receive,
                receiveBufferBytes,
                sendBufferBytes,
                vnetHeader,
                promiscuous,
                qdiscBypass,
                group,
                ring);
    }

    public PacketSocketOptions withRing(RingGeometry geometry) {
        return new PacketSocketOptions(
                ifIndex,
                namespace,
                receive,
                receiveBufferBytes,
                sendBufferBytes,
                vnetHeader,
                promiscuous,
                qdiscBypass,
                fanoutGroup,
                geometry);
    }
}
