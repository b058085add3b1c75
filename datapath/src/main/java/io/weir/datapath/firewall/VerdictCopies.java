package io.weir.datapath.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.bridge.GroupAddresses;
import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.packet.VirtioNetHeader;
import io.weir.datapath.policy.Verdict;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.segment.Checksums;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.InternetChecksum;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.kernel.Memory;

import static io.weir.datapath.wire.NetworkOrder.put16;
import static io.weir.datapath.wire.NetworkOrder.put32;
import static io.weir.datapath.wire.NetworkOrder.put48;
import static io.weir.datapath.wire.NetworkOrder.put8;

/**
 * Sends whole frames to a logging port, each in a Geneve datagram (RFC 8926) whose one option says what was decided:
 *
 * <pre>
 *   Ethernet 14 | IPv4 20 | UDP 8 | Geneve 8 | option 4 + 32 | the frame
 *
 *   option   0  class 0xff57 (experimental)  2  type  3  length in words
 *            4  epoch       8 source identity   12 destination identity   16 egress rule   20 ingress rule
 *           24  reason     26 action  27 kind   28 ingress port           30 egress port
 *           32  number of the security level
 * </pre>
 *
 * <p>A datagram that is larger than the port's MTU is cut into IPv4 fragments, so that frames stay whole. docs/redirect.md says
 * what each byte means.
 *
 * <p>Threading: belongs to one worker.
 */
final class VerdictCopies implements AutoCloseable {
    /** Kind: the frame went there instead of its destination. */
    static final int REDIRECTED = 1;
    /** Kind: the frame went to its destination too. */
    static final int MIRRORED = 2;

    static final int UDP_PORT = 6081;

    /** Longest frame that a datagram holds; of a longer one the end is missing. */
    static final int LONGEST_FRAME = 65_535 - 20 - 8 - 8 - 36;

    private static final int NETWORK = EthernetHeader.LENGTH;
    private static final int UDP = NETWORK + Ipv4Header.MIN_LENGTH;
    private static final int GENEVE = UDP + 8;
    private static final int OPTION = GENEVE + 8;
    private static final int OPTION_DATA_WORDS = 8;
    private static final int OPTION_LENGTH = 4 + OPTION_DATA_WORDS * Integer.BYTES;
    private static final int FRAME = OPTION + OPTION_LENGTH;

    private static final int OPTION_CLASS = 0xFF57;
    private static final int OPTION_TYPE = 1;
    private static final int TRANSPARENT_ETHERNET = 0x6558;
    private static final long SOURCE_MAC = 0x0257_4549_5200L;
    private static final int SOURCE_IP = 0xA9FE_5701; // 169.254.87.1
    private static final int DESTINATION_IP = 0xFFFF_FFFF;
    private static final int HOP_LIMIT = 1;
    private static final int MAX_OPTIONS_LENGTH = 40;

    private final CurrentPorts ports;
    private final ReplySink sink;
    private final Checksums checksums = new Checksums();
    private final VirtioNetHeader offload = new VirtioNetHeader();
    private final long memory = Memory.map(FRAME + LONGEST_FRAME);
    private final UnsafeBuffer datagram = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer out = new UnsafeBuffer(0, 0);
    private int identification;

    VerdictCopies(CurrentPorts ports, ReplySink sink) {
        this.ports = ports;
        this.sink = sink;
    }

    /** Whether the port can take copies now. */
    boolean ready(int port) {
        return port >= 0 && ports.table().ready().contains(port);
    }

    /** Sends a copy of the packet to a port that is {@link #ready}; false when not all of it could be sent. */
    boolean send(PacketBatch batch, int i, Verdict verdict, int kind, int port) {
        int length = Math.min(batch.length(i), LONGEST_FRAME);
        Memory.copy(
                batch.address(i) - VirtioNetHeader.LENGTH,
                memory + FRAME - VirtioNetHeader.LENGTH,
                length + VirtioNetHeader.LENGTH);
        completeChecksum(length);
        datagram.wrap(memory, FRAME + length);
        writeOption(verdict, batch, i, kind);
        put32(datagram, GENEVE, (OPTION_LENGTH / 4) << 24 | TRANSPARENT_ETHERNET);
        put32(datagram, GENEVE + 4, batch.vlan(i) << 8);
        int flowHash = (int) (batch.sourceMac(i) ^ batch.destinationMac(i)) & 0x3FFF;
        put32(datagram, UDP, (0xC000 | flowHash) << 16 | UDP_PORT);
        put32(datagram, UDP + 4, (FRAME + length - UDP) << 16);
        return sendFragments(FRAME + length - UDP, port, level(verdict, batch, i));
    }

    /** What the sender left to others to do, as the copy's receiver should see a whole packet. */
    private void completeChecksum(int length) {
        offload.wrapBefore(memory + FRAME);
        if (offload.needsChecksum()) {
            int start = offload.checksumStart();
            int field = offload.checksumOffset();
            offload.set(VirtioNetHeader.NEEDS_CHECKSUM, VirtioNetHeader.GSO_NONE, 0, 0, start, field);
            checksums.complete(memory + FRAME, length);
        }
    }

    private void writeOption(Verdict verdict, PacketBatch batch, int i, int kind) {
        put16(datagram, OPTION, OPTION_CLASS);
        put16(datagram, OPTION + 2, OPTION_TYPE << 8 | OPTION_DATA_WORDS);
        put32(datagram, OPTION + 4, verdict.epoch());
        put32(datagram, OPTION + 8, verdict.sourceIdentity());
        put32(datagram, OPTION + 12, verdict.destinationIdentity());
        put32(datagram, OPTION + 16, verdict.egressRule());
        put32(datagram, OPTION + 20, verdict.ingressRule());
        put16(datagram, OPTION + 24, verdict.reason());
        put8(datagram, OPTION + 26, verdict.action());
        put8(datagram, OPTION + 27, kind);
        put16(datagram, OPTION + 28, batch.ingressPort());
        put16(datagram, OPTION + 30, batch.egressPort(i));
        put32(datagram, OPTION + 32, level(verdict, batch, i));
    }

    /** The copy is no less secret than the frame. */
    private static int level(Verdict verdict, PacketBatch batch, int i) {
        return batch.label(i) != 0 ? batch.label(i) : verdict.label();
    }

    private boolean sendFragments(int payload, int port, int level) {
        int most = (ports.table().mtu(port) - Ipv4Header.MIN_LENGTH - roomForLabel(port)) & ~7;
        identification++;
        for (int done = 0; done < payload; done += most) {
            int piece = Math.min(most, payload - done);
            long room = sink.take();
            if (room == 0) {
                return false;
            }
            out.wrap(room, UDP + piece);
            boolean more = done + piece < payload;
            writeHeaders(piece, (more ? Ipv4Header.MORE_FRAGMENTS : 0) | done >>> 3);
            out.putBytes(UDP, datagram, UDP + done, piece);
            if (!sink.sendCopy(room, UDP + piece, port, level)) {
                return false;
            }
        }
        return true;
    }

    /** Fragments have options of their own, of which a label may be the longest. */
    private int roomForLabel(int port) {
        return ports.table().wireLabel(port) == WireLabel.REQUIRED ? MAX_OPTIONS_LENGTH : 0;
    }

    private void writeHeaders(int payload, int fragment) {
        put48(out, 0, GroupAddresses.BROADCAST);
        put48(out, 6, SOURCE_MAC);
        put16(out, EthernetHeader.TYPE_OFFSET, EthernetHeader.TYPE_IPV4);
        put16(out, NETWORK, 0x4500);
        put16(out, NETWORK + Ipv4Header.TOTAL_LENGTH_OFFSET, Ipv4Header.MIN_LENGTH + payload);
        put16(out, NETWORK + Ipv4Header.IDENTIFICATION_OFFSET, identification);
        put16(out, NETWORK + Ipv4Header.FRAGMENT_OFFSET, fragment);
        put16(out, NETWORK + 8, HOP_LIMIT << 8 | IpProtocol.UDP);
        put16(out, NETWORK + Ipv4Header.CHECKSUM_OFFSET, 0);
        put32(out, NETWORK + Ipv4Header.SOURCE_OFFSET, SOURCE_IP);
        put32(out, NETWORK + Ipv4Header.DESTINATION_OFFSET, DESTINATION_IP);
        int checksum = InternetChecksum.of(out, NETWORK, Ipv4Header.MIN_LENGTH);
        put16(out, NETWORK + Ipv4Header.CHECKSUM_OFFSET, checksum);
    }

    @Override
    public void close() {
        Memory.unmap(memory, FRAME + LONGEST_FRAME);
    }
}
