package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.InternetAddresses;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.Icmpv6Header;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.i32;
import static io.weir.datapath.wire.NetworkOrder.i64;
import static io.weir.datapath.wire.NetworkOrder.u16;
import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * Reads from a parsed packet what the policy asks for.
 *
 * <p>Threading: stateless.
 */
public final class FlowReader {
    private static final int ICMP_IDENTIFIER_OFFSET = 4;

    private FlowReader() {}

    /** Fills everything but the ports of the switch; {@code frame} sees the packet's bytes. */
    public static void read(PacketBatch batch, int i, UnsafeBuffer frame, FlowKey key) {
        link(batch, i, key);
        int network = batch.networkOffset(i);
        if (batch.is(i, PacketBatch.IS_IPV4)) {
            key.source(InternetAddresses.IPV4_HIGH, ipv4(frame, network + Ipv4Header.SOURCE_OFFSET));
            key.destination(InternetAddresses.IPV4_HIGH, ipv4(frame, network + Ipv4Header.DESTINATION_OFFSET));
        } else if (batch.is(i, PacketBatch.IS_IPV6)) {
            int source = network + Ipv6Header.SOURCE_OFFSET;
            int destination = network + Ipv6Header.DESTINATION_OFFSET;
            key.source(i64(frame, source), i64(frame, source + Long.BYTES));
            key.destination(i64(frame, destination), i64(frame, destination + Long.BYTES));
        } else {
            notIp(key);
            return;
        }
        transport(batch, i, frame, key);
    }

    /** Level, MAC addresses, VLAN and EtherType. */
    static void link(PacketBatch batch, int i, FlowKey key) {
        key.label(batch.label(i));
        key.link(batch.sourceMac(i), batch.destinationMac(i), batch.vlan(i), batch.etherType(i));
    }

    /** No addresses and no protocol above the link. */
    static void notIp(FlowKey key) {
        key.source(0, 0).destination(0, 0).transport(FlowKey.NOT_IP, 0, 0);
    }

    /** The lower half of the mapped IPv4 address that stands there. */
    static long ipv4(UnsafeBuffer frame, int offset) {
        return InternetAddresses.ipv4Low(i32(frame, offset));
    }

    private static void transport(PacketBatch batch, int i, UnsafeBuffer frame, FlowKey key) {
        int protocol = batch.ipProtocol(i);
        int transport = batch.transportOffset(i);
        if (transport == 0) {
            key.transport(protocol, 0, 0);
            return;
        }
        switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP -> {
                int ports = i32(frame, transport);
                key.transport(protocol, ports >>> 16, ports & 0xFFFF);
            }
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> {
                int typeAndCode = u16(frame, transport);
                int identifier =
                        isEcho(protocol, typeAndCode >>> 8) ? u16(frame, transport + ICMP_IDENTIFIER_OFFSET) : 0;
                key.transport(protocol, identifier, typeAndCode);
            }
            default -> key.transport(protocol, 0, 0);
        }
    }

    private static boolean isEcho(int protocol, int type) {
        return protocol == IpProtocol.ICMP
                ? type == IcmpHeader.ECHO_REQUEST || type == IcmpHeader.ECHO_REPLY
                : type == Icmpv6Header.ECHO_REQUEST || type == Icmpv6Header.ECHO_REPLY;
    }

    /** Whether the packet is an ICMP or ICMPv6 message that reports an error. */
    static boolean isIcmpError(PacketBatch batch, int i, UnsafeBuffer frame) {
        int transport = batch.transportOffset(i);
        if (transport == 0) {
            return false;
        }
        int type = u8(frame, transport);
        return switch (batch.ipProtocol(i)) {
            case IpProtocol.ICMP ->
                switch (type) {
                    case IcmpHeader.DESTINATION_UNREACHABLE,
                            SOURCE_QUENCH,
                            IcmpHeader.REDIRECT,
                            IcmpHeader.TIME_EXCEEDED,
                            IcmpHeader.PARAMETER_PROBLEM -> true;
                    default -> false;
                };
            case IpProtocol.ICMPV6 -> type < Icmpv6Header.ECHO_REQUEST;
            default -> false;
        };
    }

    private static final int SOURCE_QUENCH = 4;
}
