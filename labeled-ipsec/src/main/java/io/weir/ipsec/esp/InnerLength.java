package io.weir.ipsec.esp;

/**
 * How long an inner packet is by its own headers, where padding for traffic flow confidentiality may follow it (RFC 4303 section 2.7).
 *
 * <p>IP packets tell their length. Ethernet frames tell it when they carry IPv4, IPv6 or ARP, under up to two VLAN tags, or have a
 * length field (IEEE 802.3); other frames are not padded. Frames up to Ethernet's least, 60 bytes, are left as they are: what follows
 * a short packet there was in the frame before.
 *
 * <p>Threading: stateless.
 */
final class InnerLength {
    /** The headers tell no length. */
    static final int UNKNOWN = -1;

    /** The headers contradict the packet. */
    static final int INVALID = -2;

    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int IPV4_TOTAL_LENGTH_OFFSET = 2;
    private static final int IPV6_PAYLOAD_LENGTH_OFFSET = 4;
    private static final int ETHERNET_HEADER_LENGTH = 14;
    private static final int ETHERNET_MIN_LENGTH = 60;
    private static final int VLAN_TAG_LENGTH = 4;
    private static final int VLAN_TAGS_MAX = 2;
    private static final int ARP_LENGTH = 28;
    private static final int LENGTH_FIELD_MAX = 1500;
    private static final int ETHER_IPV4 = 0x0800;
    private static final int ETHER_ARP = 0x0806;
    private static final int ETHER_IPV6 = 0x86DD;
    private static final int ETHER_VLAN = 0x8100;
    private static final int ETHER_SERVICE_VLAN = 0x88A8;

    private InnerLength() {}

    /** Bytes of what lies at {@code inner}, at most {@code available}, or UNKNOWN or INVALID. */
    static int of(int nextHeader, long inner, int available) {
        if (nextHeader == EspHeader.ETHERNET) {
            return frame(inner, available);
        }
        return nextHeader == EspHeader.IPV4 ? ipv4(inner, available) : ipv6(inner, available);
    }

    private static int ipv4(long inner, int available) {
        if (available < IPV4_HEADER_LENGTH || EspHeader.readByte(inner) >>> 4 != 4) {
            return INVALID;
        }
        int total = EspHeader.readUnsignedShort(inner + IPV4_TOTAL_LENGTH_OFFSET);
        return total >= IPV4_HEADER_LENGTH && total <= available ? total : INVALID;
    }

    private static int ipv6(long inner, int available) {
        if (available < IPV6_HEADER_LENGTH || EspHeader.readByte(inner) >>> 4 != 6) {
            return INVALID;
        }
        int total = IPV6_HEADER_LENGTH + EspHeader.readUnsignedShort(inner + IPV6_PAYLOAD_LENGTH_OFFSET);
        return total <= available ? total : INVALID;
    }

    private static int frame(long inner, int available) {
        if (available < ETHERNET_HEADER_LENGTH) {
            return INVALID;
        }
        int offset = ETHERNET_HEADER_LENGTH;
        int type = EspHeader.readUnsignedShort(inner + offset - Short.BYTES);
        for (int tag = 0; tag < VLAN_TAGS_MAX && (type == ETHER_VLAN || type == ETHER_SERVICE_VLAN); tag++) {
            offset += VLAN_TAG_LENGTH;
            if (offset > available) {
                return UNKNOWN;
            }
            type = EspHeader.readUnsignedShort(inner + offset - Short.BYTES);
        }
        int payload = payload(type, inner + offset, available - offset);
        return payload < 0 || offset + payload > available
                ? UNKNOWN
                : Math.max(offset + payload, Math.min(available, ETHERNET_MIN_LENGTH));
    }

    private static int payload(int type, long payload, int available) {
        return switch (type) {
            case ETHER_IPV4 -> ipv4(payload, available);
            case ETHER_IPV6 -> ipv6(payload, available);
            case ETHER_ARP -> ARP_LENGTH;
            default -> type <= LENGTH_FIELD_MAX ? type : UNKNOWN;
        };
    }
}
