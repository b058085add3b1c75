package io.weir.datapath.parse;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.wire.ArpPacket;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.LlcHeader;
import io.weir.datapath.wire.VlanTag;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * From bytes to offsets: checks every header of a frame once, so that no later stage needs to, and writes what it found to
 * the batch. A malformed frame is dropped for the reason of its first fault, outer headers before inner ones, and the
 * virtio-net header last.
 *
 * <p>The rules of a header stand in its flyweight's {@code check}; the order in which headers follow each other stands here
 * (link layer), in {@link InternetParser} (IPv4, IPv6) and in {@link TransportParser}. All read through one view of the frame.
 * Before them {@link CommonFrame} takes the frames that need no more than a glance.
 *
 * <p>Metadata is complete for forwarded frames. Of a dropped one it says what was found before the fault, and else: no tag,
 * EtherType 0, offsets 0, IP protocol -1, packet length 0.
 *
 * <p>Threading: one instance a worker.
 */
public final class ParseStage implements Stage {
    /** Largest frame: 65,535 bytes of IP packet, the most that the kernel hands over, Ethernet header and two VLAN tags. */
    public static final int MAX_FRAME_LENGTH = 65_557;

    private static final String NAME = "parse";
    private static final int MAX_TAGS = 2;

    private static final int TOO_SHORT = DropReason.FRAME_TOO_SHORT.code();
    private static final int TOO_LONG = DropReason.FRAME_TOO_LONG.code();
    private static final int VLAN_TOO_DEEP = DropReason.VLAN_TOO_DEEP.code();
    private static final int LLC_LENGTH_INVALID = DropReason.LLC_LENGTH_INVALID.code();

    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private final InternetParser internet = new InternetParser();
    private final OffloadCheck offload = new OffloadCheck();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<DropReason> dropReasons() {
        return Arrays.stream(DropReason.values())
                .filter(reason -> reason.stage().equals(NAME))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void process(PacketBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i)) {
                int reason = parse(batch, i);
                if (reason != DropReason.NONE) {
                    batch.drop(i, reason);
                }
            }
        }
    }

    private int parse(PacketBatch batch, int i) {
        return batch.length(i) <= MAX_FRAME_LENGTH && CommonFrame.parse(batch, i)
                ? offload.check(batch, i, CommonFrame.networkEnd())
                : parseInFull(batch, i);
    }

    /** By every rule, for frames that {@link CommonFrame} does not take. */
    int parseInFull(PacketBatch batch, int i) {
        begin(batch, i);
        int length = batch.length(i);
        if (length < EthernetHeader.LENGTH) {
            return TOO_SHORT;
        }
        if (length > MAX_FRAME_LENGTH) {
            return TOO_LONG;
        }
        batch.wrap(i, frame);
        long first = i64(frame, 0);
        batch.macs(i, first >>> 16, ((first & 0xFFFF) << 32) | u32(frame, 8));
        int type = u16(frame, EthernetHeader.TYPE_OFFSET);
        int reason = type == EthernetHeader.TYPE_IPV4
                ? payload(batch, i, type, EthernetHeader.LENGTH, length)
                : tags(batch, i, type, length);
        return reason == DropReason.NONE ? offload.check(batch, i, internet.networkEnd()) : reason;
    }

    private static void begin(PacketBatch batch, int i) {
        batch.macs(i, 0, 0);
        batch.traits(i, 0);
        batch.outerTag(i, 0);
        batch.etherType(i, 0);
        batch.networkOffset(i, 0);
        batch.transportOffset(i, 0);
        batch.ipProtocol(i, -1);
        batch.packetLength(i, 0);
    }

    private int tags(PacketBatch batch, int i, int firstType, int limit) {
        int type = firstType;
        int typeOffset = EthernetHeader.TYPE_OFFSET;
        for (int tags = 0; VlanTag.isTagType(type); tags++) {
            if (tags == MAX_TAGS) {
                return VLAN_TOO_DEEP;
            }
            int reason = VlanTag.check(frame, typeOffset, limit);
            if (reason != DropReason.NONE) {
                return reason;
            }
            if (tags == 0) {
                batch.outerTag(i, i32(frame, typeOffset));
            }
            mark(batch, i, tags == 0 ? PacketBatch.IS_TAGGED : PacketBatch.IS_DOUBLE_TAGGED);
            typeOffset += VlanTag.LENGTH;
            type = u16(frame, typeOffset);
        }
        int offset = typeOffset + 2;
        return type >= EthernetHeader.MIN_TYPE
                ? payload(batch, i, type, offset, limit)
                : llc(batch, i, type, offset, limit);
    }

    private int llc(PacketBatch batch, int i, int lengthField, int offset, int limit) {
        batch.etherType(i, lengthField);
        batch.networkOffset(i, offset);
        mark(batch, i, PacketBatch.IS_LLC);
        if (lengthField > EthernetHeader.MAX_LENGTH_FIELD || lengthField > limit - offset) {
            return LLC_LENGTH_INVALID;
        }
        int end = offset + lengthField;
        int reason = LlcHeader.check(frame, offset, end);
        int type = reason == DropReason.NONE && LlcHeader.isSnap(frame, offset)
                ? LlcHeader.snapEtherType(frame, offset)
                : 0;
        return type == 0 ? reason : payload(batch, i, type, offset + LlcHeader.SNAP_LENGTH, end);
    }

    private int payload(PacketBatch batch, int i, int type, int offset, int limit) {
        batch.etherType(i, type);
        batch.networkOffset(i, offset);
        if (type == EthernetHeader.TYPE_IPV4) {
            mark(batch, i, PacketBatch.IS_IPV4);
            return internet.ipv4(batch, i, frame, offset, limit);
        }
        if (type == EthernetHeader.TYPE_IPV6) {
            mark(batch, i, PacketBatch.IS_IPV6);
            return internet.ipv6(batch, i, frame, offset, limit);
        }
        if (type == EthernetHeader.TYPE_ARP) {
            mark(batch, i, PacketBatch.IS_ARP);
            return ArpPacket.check(frame, offset, limit);
        }
        return DropReason.NONE;
    }

    static void mark(PacketBatch batch, int i, int trait) {
        batch.traits(i, batch.traits(i) | trait);
    }
}
