package io.weir.identity.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IcmpHeader;
import io.weir.datapath.wire.Icmpv6Header;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.SctpChecksum;
import io.weir.datapath.wire.TcpHeader;
import io.weir.datapath.wire.UdpHeader;
import io.weir.identity.component.IpPrefix;

/**
 * The frames of one attempt: the first of the one who begins, and the first of the one who answers, with right checksums.
 * TCP is SYN and SYN+ACK, SCTP is INIT and INIT ACK, UDP four bytes each way, ICMP a message and, for an echo, its reply.
 *
 * @param probe what is tried
 * @param family with which addresses
 * @param from who begins
 * @param to who answers
 * @param sourcePort of the one who begins; the identifier of an ICMP message
 */
record ProbeFrames(Probe probe, Family family, Place from, Place to, int sourcePort) {
    private static final int TTL = 64;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int DATA_OFFSET = 5 << 4; // in words of four bytes, in the upper half
    private static final int SEQUENCE = 0x1000_0000;
    private static final int ANSWERED_SEQUENCE = 0x2000_0000;
    private static final int WINDOW = 0xFFFF;
    private static final int SCTP_INIT = 1;
    private static final int SCTP_INIT_ACK = 2;
    private static final int SCTP_COOKIE_PARAMETER = 7;

    /** The frame that begins. */
    byte[] first() {
        return frame(from, to, transport(false));
    }

    /** What the one who began sends once a TCP connection stands: an acknowledgment. */
    byte[] established() {
        return frame(from, to, tcp(sourcePort, probe.port(), SEQUENCE + 1, ANSWERED_SEQUENCE + 1, TcpHeader.ACK));
    }

    /** Whether there is a frame that answers: to all but ICMP messages that are no echo. */
    boolean hasAnswer() {
        int type = probe.port() >> 8;
        return switch (probe.protocol()) {
            case IpProtocol.ICMP -> type == IcmpHeader.ECHO_REQUEST;
            case IpProtocol.ICMPV6 -> type == Icmpv6Header.ECHO_REQUEST;
            default -> true;
        };
    }

    /** The frame that answers. */
    byte[] answer() {
        return frame(to, from, transport(true));
    }

    private byte[] frame(Place sender, Place receiver, byte[] payload) {
        int network = family == Family.IPV4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
        byte[] bytes = new byte[EthernetHeader.LENGTH + network + payload.length];
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        mac(frame, receiver.mac());
        mac(frame, sender.mac());
        frame.putShort((short) family.etherType());
        if (family == Family.IPV4) {
            ipv4(frame, sender.ipv4(), receiver.ipv4(), payload.length);
        } else {
            ipv6(frame, sender.ipv6(), receiver.ipv6(), payload.length);
        }
        frame.put(payload);
        checksums(new UnsafeBuffer(bytes), EthernetHeader.LENGTH + network, payload.length);
        return bytes;
    }

    private static void mac(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private void ipv4(ByteBuffer frame, IpPrefix source, IpPrefix destination, int payloadLength) {
        int identification = sourcePort << 16;
        frame.putInt(0x4500_0000 | (Ipv4Header.MIN_LENGTH + payloadLength)).putInt(identification | DONT_FRAGMENT);
        frame.put((byte) TTL).put((byte) probe.protocol()).putShort((short) 0);
        frame.putInt((int) source.low()).putInt((int) destination.low());
    }

    private void ipv6(ByteBuffer frame, IpPrefix source, IpPrefix destination, int payloadLength) {
        frame.putInt(0x6000_0000).putShort((short) payloadLength);
        frame.put((byte) probe.protocol()).put((byte) TTL);
        frame.putLong(source.high()).putLong(source.low());
        frame.putLong(destination.high()).putLong(destination.low());
    }

    private byte[] transport(boolean answers) {
        int source = answers ? probe.port() : sourcePort;
        int destination = answers ? sourcePort : probe.port();
        return switch (probe.protocol()) {
            case IpProtocol.TCP ->
                answers
                        ? tcp(source, destination, ANSWERED_SEQUENCE, SEQUENCE + 1, TcpHeader.SYN | TcpHeader.ACK)
                        : tcp(source, destination, SEQUENCE, 0, TcpHeader.SYN);
            case IpProtocol.UDP -> udp(source, destination);
            case IpProtocol.SCTP -> sctp(source, destination, answers);
            default -> icmp(answers);
        };
    }

    private static byte[] tcp(int source, int destination, int sequence, int acknowledgment, int flags) {
        ByteBuffer segment = ByteBuffer.allocate(TcpHeader.MIN_LENGTH);
        segment.putShort((short) source).putShort((short) destination);
        segment.putInt(sequence).putInt(acknowledgment);
        segment.put((byte) DATA_OFFSET).put((byte) flags);
        return segment.putShort((short) WINDOW).array();
    }

    private static byte[] udp(int source, int destination) {
        ByteBuffer datagram = ByteBuffer.allocate(12).putShort((short) source).putShort((short) destination);
        return datagram.putShort((short) 12)
                .putShort((short) 0)
                .putInt(0x7765_6972)
                .array();
    }

    /** Common header and INIT or INIT ACK with a cookie of four bytes (RFC 9260 sections 3.1, 3.3.2 and 3.3.3). */
    private static byte[] sctp(int source, int destination, boolean answers) {
        int chunkLength = answers ? 28 : 20;
        ByteBuffer packet = ByteBuffer.allocate(12 + chunkLength);
        packet.putShort((short) source).putShort((short) destination);
        packet.putInt(answers ? SEQUENCE : 0).putInt(0);
        packet.put((byte) (answers ? SCTP_INIT_ACK : SCTP_INIT)).put((byte) 0).putShort((short) chunkLength);
        packet.putInt(answers ? ANSWERED_SEQUENCE : SEQUENCE).putInt(WINDOW);
        packet.putShort((short) 1).putShort((short) 1).putInt(1);
        if (answers) {
            packet.putShort((short) SCTP_COOKIE_PARAMETER).putShort((short) 8).putInt(0x7765_6972);
        }
        return packet.array();
    }

    /** Type and code of the probe; an echo is answered with its reply. */
    private byte[] icmp(boolean answers) {
        int type = probe.port() >> 8;
        int reply = probe.protocol() == IpProtocol.ICMP ? 0 : type + 1;
        ByteBuffer message =
                ByteBuffer.allocate(20).put((byte) (answers ? reply : type)).put((byte) probe.port());
        return message.putShort((short) 0)
                .putShort((short) sourcePort)
                .putShort((short) 1)
                .array();
    }

    private void checksums(UnsafeBuffer frame, int offset, int length) {
        if (family == Family.IPV4) {
            int checksum = InternetChecksum.of(frame, EthernetHeader.LENGTH, Ipv4Header.MIN_LENGTH);
            write(frame, EthernetHeader.LENGTH + Ipv4Header.CHECKSUM_OFFSET, checksum);
        }
        if (probe.protocol() == IpProtocol.SCTP) {
            SctpChecksum.write(frame, offset, length);
            return;
        }
        long sum = probe.protocol() == IpProtocol.ICMP ? 0 : pseudoHeader(frame, length);
        write(
                frame,
                offset + checksumOffset(),
                InternetChecksum.finish(sum + InternetChecksum.sum(frame, offset, length)));
    }

    private static void write(UnsafeBuffer frame, int offset, int checksum) {
        frame.putShort(offset, (short) checksum, ByteOrder.BIG_ENDIAN);
    }

    private int checksumOffset() {
        return switch (probe.protocol()) {
            case IpProtocol.TCP -> TcpHeader.CHECKSUM_OFFSET;
            case IpProtocol.UDP -> UdpHeader.CHECKSUM_OFFSET;
            default -> IcmpHeader.CHECKSUM_OFFSET;
        };
    }

    private long pseudoHeader(UnsafeBuffer frame, int length) {
        return family == Family.IPV4
                ? InternetChecksum.pseudoHeader4(frame, EthernetHeader.LENGTH, probe.protocol(), length)
                : InternetChecksum.pseudoHeader6(frame, EthernetHeader.LENGTH, probe.protocol(), length);
    }
}
