package io.weir.ipsec.tunnel;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.wire.EthernetHeader;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6Header;
import io.weir.datapath.wire.VlanTag;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * What a tunnel must know of a frame: where its IP packet lies, if it holds one.
 *
 * <p>A packet whose own lengths do not fit the frame is not IP here.
 *
 * <p>Threading: one worker; wrapped again for each frame.
 */
final class InnerFrame {
    // Two that the parse stage lets in, and one that an access port pushes on the way out.
    private static final int MAX_TAGS = 3;
    private static final int TYPE_LENGTH = 2;
    private static final int DONT_FRAGMENT = 0x4000;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int etherType;
    private int networkOffset;
    private int version;
    private int packetLength;

    /** Looks at the frame of {@code length} bytes at that address. */
    InnerFrame wrap(long address, int length) {
        view.wrap(address, length);
        etherType = 0;
        networkOffset = EthernetHeader.LENGTH;
        version = 0;
        packetLength = 0;
        if (length >= EthernetHeader.LENGTH) {
            readLink(length);
        }
        return this;
    }

    private void readLink(int length) {
        int typeOffset = EthernetHeader.TYPE_OFFSET;
        int type = u16(view, typeOffset);
        for (int tags = 0; VlanTag.isTagType(type); tags++) {
            if (tags == MAX_TAGS || VlanTag.check(view, typeOffset, length) != DropReason.NONE) {
                return;
            }
            typeOffset += VlanTag.LENGTH;
            type = u16(view, typeOffset);
        }
        etherType = type;
        networkOffset = typeOffset + TYPE_LENGTH;
        if (type == EthernetHeader.TYPE_IPV4 && Ipv4Header.check(view, networkOffset, length) == DropReason.NONE) {
            version = 4;
            packetLength = Ipv4Header.totalLength(view, networkOffset);
        } else if (type == EthernetHeader.TYPE_IPV6
                && Ipv6Header.check(view, networkOffset, length) == DropReason.NONE) {
            version = 6;
            packetLength = Ipv6Header.LENGTH + u16(view, networkOffset + Ipv6Header.PAYLOAD_LENGTH_OFFSET);
        }
    }

    /** The frame's bytes. */
    UnsafeBuffer view() {
        return view;
    }

    /** EtherType behind all tags, 0 when the frame ends before. */
    int etherType() {
        return etherType;
    }

    /** Bytes from the frame's begin to its network header. */
    int networkOffset() {
        return networkOffset;
    }

    /** 4 or 6, or 0 when the frame holds no IP packet. */
    int version() {
        return version;
    }

    /** Bytes of the IP packet by its own header, 0 when there is none. */
    int packetLength() {
        return packetLength;
    }

    /** DSCP and ECN of the packet; 0 when there is none. */
    int trafficClass() {
        return switch (version) {
            case 4 -> u8(view, networkOffset + 1);
            case 6 -> i32(view, networkOffset) >>> 20 & 0xFF;
            default -> 0;
        };
    }

    /** Whether nobody on the way may fragment the packet: always so in IPv6 (RFC 8200 section 5). */
    boolean dontFragment() {
        return version != 4 || (u16(view, networkOffset + Ipv4Header.FRAGMENT_OFFSET) & DONT_FRAGMENT) != 0;
    }
}
