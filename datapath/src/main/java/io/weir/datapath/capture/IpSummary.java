package io.weir.datapath.capture;

import java.nio.ByteBuffer;

import static java.util.Locale.ROOT;

/**
 * The part of a {@link FrameSummary} from the IP addresses on.
 *
 * <p>Threading: one summary's own.
 */
final class IpSummary {
    private static final int HOP_BY_HOP = 0;
    private static final int ICMP = 1;
    private static final int IGMP = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int ESP = 50;
    private static final int AUTHENTICATION = 51;
    private static final int ICMPV6 = 58;
    private static final int NO_NEXT_HEADER = 59;
    private static final int DESTINATION = 60;
    private static final int SCTP = 132;

    /** No fragment at all. */
    private static final int WHOLE = -1;

    private static final int MAX_EXTENSIONS = 8;
    private static final String TCP_FLAGS = "FSRP.UEW";

    private final StringBuilder line;
    private final ByteBuffer bytes;
    private final int source;
    private final int addressLength;

    /** Addresses of {@code addressLength} bytes stand at {@code source}, the destination's behind the source's. */
    IpSummary(StringBuilder line, ByteBuffer bytes, int source, int addressLength) {
        this.line = line;
        this.bytes = bytes;
        this.source = source;
        this.addressLength = addressLength;
    }

    static void ipv4Address(StringBuilder line, ByteBuffer bytes, int at) {
        for (int i = 0; i < 4; i++) {
            line.append(i == 0 ? "" : ".").append(bytes.get(at + i) & 0xFF);
        }
    }

    /** Walks an IPv6 extension chain that begins at {@code at} with a header of kind {@code next}. */
    void extensions(int next, int at, int payload) {
        int kind = next;
        int offset = at;
        int left = payload;
        int fragment = WHOLE;
        for (int i = 0; i < MAX_EXTENSIONS && isExtension(kind) && fragment <= 0; i++) {
            if (!has(offset, 8)) {
                endpoints(-1);
                line.append("[|ip6-extension]");
                return;
            }
            int length =
                    kind == FRAGMENT ? 8 : kind == AUTHENTICATION ? (u8(offset + 1) + 2) * 4 : (u8(offset + 1) + 1) * 8;
            fragment = kind == FRAGMENT ? u16(offset + 2) & 0xFFF8 : fragment;
            kind = u8(offset);
            offset += length;
            left -= length;
        }
        transport(kind, offset, Math.max(0, left), fragment);
    }

    private static boolean isExtension(int kind) {
        return kind == HOP_BY_HOP
                || kind == ROUTING
                || kind == FRAGMENT
                || kind == AUTHENTICATION
                || kind == DESTINATION;
    }

    /**
     * Appends addresses and the transport header at {@code at}.
     *
     * @param payload bytes from there on by the IP header
     * @param fragment offset of the fragment in bytes, -1 when it is none
     */
    void transport(int protocol, int at, int payload, int fragment) {
        if (fragment > 0) {
            endpoints(-1);
            line.append("protocol ").append(protocol);
        } else {
            header(protocol, at, payload);
        }
        if (fragment != WHOLE) {
            line.append(" fragment at ").append(fragment);
        }
    }

    private void header(int protocol, int at, int payload) {
        switch (protocol) {
            case TCP -> tcp(at, payload);
            case UDP -> udp(at);
            case SCTP -> sctp(at);
            case ICMP -> icmp("ICMP", at, IcmpNames.v4(has(at, 1) ? u8(at) : -1));
            case ICMPV6 -> icmp("ICMPv6", at, IcmpNames.v6(has(at, 1) ? u8(at) : -1));
            default -> {
                endpoints(-1);
                line.append(name(protocol));
            }
        }
    }

    private static String name(int protocol) {
        return switch (protocol) {
            case IGMP -> "IGMP";
            case ESP -> "ESP";
            case NO_NEXT_HEADER -> "no next header";
            default -> "protocol " + protocol;
        };
    }

    private void tcp(int at, int payload) {
        if (!has(at, 20)) {
            endpoints(-1);
            line.append("[|tcp]");
            return;
        }
        endpoints(at);
        int flags = u8(at + 13);
        line.append("TCP [");
        for (int bit = 0; bit < TCP_FLAGS.length(); bit++) {
            line.append((flags & 1 << bit) != 0 ? TCP_FLAGS.substring(bit, bit + 1) : "");
        }
        line.append("] seq ").append(Integer.toUnsignedLong(bytes.getInt(at + 4)));
        if ((flags & 0x10) != 0) {
            line.append(" ack ").append(Integer.toUnsignedLong(bytes.getInt(at + 8)));
        }
        line.append(" win ").append(u16(at + 14));
        line.append(" len ").append(Math.max(0, payload - (u8(at + 12) >> 4) * 4));
    }

    private void udp(int at) {
        if (!has(at, 8)) {
            endpoints(-1);
            line.append("[|udp]");
            return;
        }
        endpoints(at);
        line.append("UDP len ").append(Math.max(0, u16(at + 4) - 8));
    }

    private void sctp(int at) {
        if (!has(at, 12)) {
            endpoints(-1);
            line.append("[|sctp]");
            return;
        }
        endpoints(at);
        line.append("SCTP");
    }

    private void icmp(String name, int at, String type) {
        endpoints(-1);
        if (!has(at, 4)) {
            line.append("[|").append(name.toLowerCase(ROOT)).append(']');
            return;
        }
        line.append(name).append(' ').append(type);
        boolean isEcho = type.startsWith("echo");
        if (isEcho && has(at, 8)) {
            line.append(" id ").append(u16(at + 4)).append(" seq ").append(u16(at + 6));
        }
        if (type.startsWith("neighbour") && has(at, 24)) {
            line.append(" for ");
            address(at + 8);
        }
    }

    /** Addresses, with the ports at {@code ports} unless that is negative, and a colon. */
    private void endpoints(int ports) {
        address(source);
        port(ports);
        line.append(" > ");
        address(source + addressLength);
        port(ports < 0 ? ports : ports + 2);
        line.append(": ");
    }

    private void port(int at) {
        if (at >= 0) {
            line.append('.').append(u16(at));
        }
    }

    private void address(int at) {
        if (addressLength == 4) {
            ipv4Address(line, bytes, at);
            return;
        }
        byte[] address = new byte[16];
        bytes.get(at, address);
        line.append(ipv6Text(address));
    }

    /** RFC 5952 section 4: lower case, no leading zeros, the longest run of zero groups (of two or more, the first) as "::". */
    private static String ipv6Text(byte[] address) {
        ByteBuffer groups = ByteBuffer.wrap(address);
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int length = 0;
            while (i + length < 8 && groups.getShort((i + length) * 2) == 0) {
                length++;
            }
            if (length > runLength) {
                runStart = i;
                runLength = length;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                boolean separated = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(separated ? "" : ":").append(Integer.toHexString(groups.getShort(i * 2) & 0xFFFF));
            }
        }
        return text.toString();
    }

    private boolean has(int offset, int length) {
        return offset + length <= bytes.limit();
    }

    private int u8(int offset) {
        return bytes.get(offset) & 0xFF;
    }

    private int u16(int offset) {
        return bytes.getShort(offset) & 0xFFFF;
    }
}
