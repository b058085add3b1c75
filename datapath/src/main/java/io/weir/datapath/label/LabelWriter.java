package io.weir.datapath.label;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.WireLabelSettings;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.NeighbourMessage;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Gives packets the label option that a port demands: writes it, corrects it, or takes it off. What is written is what Linux
 * would write, so that nothing hides in bytes that a level leaves free; an option that has exactly these bytes stays where it is.
 *
 * <p>Other options stay. In IPv4 the label stands first, as Linux puts it, and padding and "no operation" go. In IPv6 it takes
 * the place of the first label option, or stands behind all others (as calipso_skbuff_setattr does); the others keep their
 * alignment to eight bytes. A hop-by-hop options header without options goes.
 *
 * <p>Use: {@link #prepare} or {@link #prepareRemoval}, and if that says {@link #WRITE} or {@link #REMOVE}, {@link #apply} on the
 * frame, or on copies of it.
 *
 * <p>Threading: belongs to one worker.
 */
public final class LabelWriter implements AutoCloseable {
    /** The packet is as the port wants it. */
    public static final int KEEP = 0;

    /** {@link #apply} gives it the label of its level. */
    public static final int WRITE = 1;

    /** {@link #apply} takes all its labels off. */
    public static final int REMOVE = 2;

    /**
     * The packet must have a label, or has one that is not true, and cannot be given it: no tag can hold its level, its header has
     * no room, or it has no level where one is required.
     */
    public static final int UNWRITABLE = 3;

    private static final int IP = PacketBatch.IS_IPV4 | PacketBatch.IS_IPV6;
    private static final int MAX_IPV4_OPTIONS = CipsoOption.MAX_LENGTH;
    private static final int MAX_IP_LENGTH = 65_535;
    private static final int NO_LEVEL = 0;
    private static final int HEADER_LENGTH = 2;
    private static final int CALIPSO_PLACE = 2;

    private final LevelOptions options;
    private final Splice splice = new Splice();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    public LabelWriter(CurrentPolicy current, WireLabelSettings settings) {
        options = new LevelOptions(current, settings);
    }

    /**
     * What is to be done to packet {@code i} at a way out with that setting, which is not NONE: {@link #KEEP}, {@link #WRITE},
     * {@link #REMOVE} or {@link #UNWRITABLE}.
     */
    public int prepare(PacketBatch batch, int i, WireLabel demand) {
        if (!batch.is(i, IP)) {
            return KEEP;
        }
        // Neighbour discovery goes unlabelled, as ARP does.
        boolean required = demand == WireLabel.REQUIRED && !batch.is(i, PacketBatch.IS_ICMPV6_ND);
        int level = demand == WireLabel.STRIP ? NO_LEVEL : batch.label(i);
        return prepare(batch, i, level, required);
    }

    /** Prepares to take all label options off packet {@code i}: {@link #KEEP} when there is none, else {@link #REMOVE}. */
    int prepareRemoval(PacketBatch batch, int i) {
        return batch.is(i, IP) ? prepare(batch, i, NO_LEVEL, /* required= */ false) : KEEP;
    }

    /**
     * What is to be done to a frame that the switch itself made, untagged and without options, at a way out that requires labels:
     * {@link #KEEP}, {@link #WRITE} or {@link #UNWRITABLE}.
     */
    public int prepareOwn(long address, int length, int level) {
        frame.wrap(address, length);
        return switch (u16(frame, EthernetHeader.TYPE_OFFSET)) {
            case EthernetHeader.TYPE_IPV4 -> prepareIpv4(EthernetHeader.LENGTH, /* llc= */ false, level, true);
            case EthernetHeader.TYPE_IPV6 ->
                isOwnDiscovery() ? KEEP : prepareIpv6(EthernetHeader.LENGTH, false, level, true);
            default -> KEEP;
        };
    }

    private boolean isOwnDiscovery() {
        int protocol = u8(frame, EthernetHeader.LENGTH + Ipv6Header.NEXT_HEADER_OFFSET);
        int type = u8(frame, EthernetHeader.LENGTH + Ipv6Header.LENGTH);
        return protocol == IpProtocol.ICMPV6 && NeighbourMessage.isType(type);
    }

    private int prepare(PacketBatch batch, int i, int level, boolean required) {
        if (!required && !OptionWalk.hasOptions(batch, i)) {
            return KEEP;
        }
        int network = batch.networkOffset(i);
        boolean llc = batch.is(i, PacketBatch.IS_LLC);
        batch.wrap(i, frame);
        return batch.is(i, PacketBatch.IS_IPV4)
                ? prepareIpv4(network, llc, level, required)
                : prepareIpv6(network, llc, level, required);
    }

    private int prepareIpv4(int network, boolean llc, int level, boolean required) {
        int present = OptionWalk.firstCipso(frame, network);
        int length = required || present != OptionWalk.NONE ? options.cipsoLength(level) : 0;
        if (present == OptionWalk.NONE ? !required : isTrue(network, present, LevelOptions.cipso(level), length)) {
            return KEEP;
        }
        // Without its label a packet would go on at whatever level its next receiver takes it to have.
        boolean demanded = required || level != NO_LEVEL;
        if (demanded && length == 0) {
            return UNWRITABLE;
        }
        int used = Ipv4Header.headerLength(frame, network) - Ipv4Header.MIN_LENGTH;
        splice.beginIpv4(network, llc, used);
        int filled = fillIpv4(network, LevelOptions.cipso(level), length);
        if (filled > MAX_IPV4_OPTIONS) {
            int shorter = options.shorterCipso(level, MAX_IPV4_OPTIONS - (filled - length));
            if (shorter == 0) {
                return UNWRITABLE;
            }
            if (present != OptionWalk.NONE && isTrue(network, present, LevelOptions.SHORTER_CIPSO, shorter)) {
                return KEEP;
            }
            filled = fillIpv4(network, LevelOptions.SHORTER_CIPSO, shorter);
        }
        splice.length(padIpv4(filled));
        return demanded ? WRITE : REMOVE;
    }

    /** Whether the one label option is what would be written, which stands there in {@link #options}. */
    private boolean isTrue(int network, int present, int written, int length) {
        return length != 0
                && equal(present, written, length)
                && OptionWalk.nextCipso(frame, network, present) == OptionWalk.NONE;
    }

    /** Options of the same length end inside the view; which length they have stands in their second byte. */
    private boolean equal(int present, int written, int length) {
        UnsafeBuffer bytes = options.bytes();
        return u8(frame, present + 1) == u8(bytes, written + 1)
                && OptionWalk.equal(frame, present, bytes, written, length);
    }

    /**
     * Writes the label that stands at {@code label} of {@link #options}, if its length is not 0, and all other options; returns the
     * bytes used.
     */
    private int fillIpv4(int network, int label, int length) {
        UnsafeBuffer patch = splice.patch();
        patch.putBytes(0, options.bytes(), label, length);
        int filled = length;
        int option = network + Ipv4Header.MIN_LENGTH;
        int end = network + Ipv4Header.headerLength(frame, network);
        while (option < end && u8(frame, option) != OptionWalk.IPV4_END) {
            int type = u8(frame, option);
            int bytes = OptionWalk.ipv4Length(frame, option);
            if (type != CipsoOption.TYPE && type != OptionWalk.IPV4_NO_OPERATION) {
                patch.putBytes(filled, frame, option, bytes);
                filled += bytes;
            }
            option += bytes;
        }
        return filled;
    }

    private int padIpv4(int filled) {
        int padded = filled + 3 & ~3;
        splice.patch().setMemory(filled, padded - filled, (byte) OptionWalk.IPV4_END);
        return padded;
    }

    private int prepareIpv6(int network, boolean llc, int level, boolean required) {
        boolean has = u8(frame, network + Ipv6Header.NEXT_HEADER_OFFSET) == IpProtocol.HOP_BY_HOP;
        int present = has ? OptionWalk.firstCalipso(frame, network) : OptionWalk.NONE;
        int length = required || present != OptionWalk.NONE ? options.calipsoLength(level) : 0;
        if (present == OptionWalk.NONE ? !required : isTrue6(network, present, level, length)) {
            return KEEP;
        }
        if (length == 0 && (required || level != NO_LEVEL)) {
            return UNWRITABLE;
        }
        int header = network + Ipv6Header.LENGTH;
        int used = has ? OptionWalk.hopByHopLength(frame, header) : 0;
        int next = u8(frame, has ? header : network + Ipv6Header.NEXT_HEADER_OFFSET);
        int filled = fillIpv6(header, used, level, length);
        if (filled > Splice.MAX_LENGTH) {
            return UNWRITABLE;
        }
        splice.beginIpv6(network, llc, used, filled == 0 ? next : IpProtocol.HOP_BY_HOP);
        splice.length(filled);
        if (filled > 0) {
            put8(splice.patch(), 0, next);
            put8(splice.patch(), 1, (filled >>> 3) - 1);
        }
        return length == 0 ? REMOVE : WRITE;
    }

    private boolean isTrue6(int network, int present, int level, int length) {
        return length != 0
                && equal(present, LevelOptions.calipso(level), length)
                && OptionWalk.nextCalipso(frame, network, present) == OptionWalk.NONE;
    }

    /** Writes label and other options from the third byte on; returns the header's bytes, 0 when there is no option. */
    private int fillIpv6(int header, int used, int level, int length) {
        int end = header + used;
        int filled = HEADER_LENGTH;
        int label = length;
        int option = header + HEADER_LENGTH;
        while (option < end) {
            int bytes = OptionWalk.ipv6Length(frame, option);
            int type = u8(frame, option);
            if (type == CalipsoOption.TYPE) {
                filled = putLabel(filled, level, label);
                label = 0;
            } else if (type != OptionWalk.IPV6_PAD1 && type != OptionWalk.IPV6_PADN) {
                filled = pad(filled, option - header - filled & 7);
                splice.patch().putBytes(filled, frame, option, bytes);
                filled += bytes;
            }
            option += bytes;
        }
        filled = putLabel(filled, level, label);
        return filled == HEADER_LENGTH ? 0 : pad(filled, -filled & 7);
    }

    private int putLabel(int filled, int level, int length) {
        if (length == 0) {
            return filled;
        }
        int at = pad(filled, CALIPSO_PLACE - filled & 3);
        splice.patch().putBytes(at, options.bytes(), LevelOptions.calipso(level), length);
        return at + length;
    }

    /** Pads with {@code count} bytes, 0 to 7, in one option; returns where they end. */
    private int pad(int at, int count) {
        UnsafeBuffer patch = splice.patch();
        if (count == 1) {
            put8(patch, at, OptionWalk.IPV6_PAD1);
        } else if (count > 1) {
            put16(patch, at, OptionWalk.IPV6_PADN << Byte.SIZE | count - HEADER_LENGTH);
            patch.setMemory(at + HEADER_LENGTH, count - HEADER_LENGTH, (byte) 0);
        }
        return at + count;
    }

    /** Bytes by which the frame grows, negative when it shrinks; valid after {@link #WRITE} and {@link #REMOVE}. */
    public int growth() {
        return splice.growth();
    }

    /** Whether the fields that hold a packet's length have room for that growth; for the packet that was looked at last. */
    public boolean fits(PacketBatch batch, int i) {
        int growth = growth();
        int most = batch.is(i, PacketBatch.IS_IPV4) ? MAX_IP_LENGTH : MAX_IP_LENGTH + Ipv6Header.LENGTH;
        boolean llcFits = !batch.is(i, PacketBatch.IS_LLC)
                || Splice.llcLength(frame, batch.networkOffset(i)) + growth <= EthernetHeader.MAX_LENGTH_FIELD;
        return batch.packetLength(i) + growth <= most && llcFits;
    }

    /**
     * Changes the frame that was looked at, or a copy of it, at {@code address}, with its virtio-net header and, in front of
     * that, room for the growth. Returns the address at which the frame begins now.
     */
    public long apply(long address) {
        return splice.apply(address);
    }

    @Override
    public void close() {
        splice.close();
        options.close();
    }
}
