package io.weir.datapath.capture;

import java.nio.ByteBuffer;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * A frame in one line for people, in the manner of tcpdump -e: link layer, VLAN tags, then the innermost header it knows.
 *
 * <pre>
 * 52:54:00:00:00:01 > 52:54:00:00:00:02, vlan 10, IPv4 10.0.0.1.41000 > 10.0.0.2.443: TCP [S.] seq 1 ack 2 win 512 len 0, length 74
 * 52:54:00:00:00:01 > ff:ff:ff:ff:ff:ff, ARP who-has 10.0.0.2 tell 10.0.0.1, length 42
 * </pre>
 *
 * A header that the captured bytes do not hold whole is shown as {@code [|tcp]}. The line holds printable ASCII only.
 *
 * <p>Threading: the methods are static and share nothing; allocates, so it belongs to the control side.
 */
public final class FrameSummary {
    private static final int ETHERNET_LENGTH = 14;
    private static final int MIN_ETHER_TYPE = 0x600;

    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_ARP = 0x0806;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_SERVICE_VLAN = 0x88A8;
    private static final int TYPE_OLD_SERVICE_VLAN = 0x9100;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int VID_MASK = 0x0FFF;

    private static final int SNAP = 0xAAAA;
    private static final int STP = 0x4242;
    private static final int ARP_LENGTH = 28;

    private final ByteBuffer bytes;
    private final StringBuilder line = new StringBuilder(128);

    private FrameSummary(byte[] frame) {
        this.bytes = ByteBuffer.wrap(frame).order(BIG_ENDIAN);
    }

    /** Summary of a captured frame. */
    public static String of(PcapFrame frame) {
        return of(frame.bytes(), frame.originalLength());
    }

    /** Summary of a frame of which {@code frame} was captured. */
    public static String of(byte[] frame, int originalLength) {
        return new FrameSummary(frame).summarize(originalLength);
    }

    /** Text from elsewhere, made safe for a terminal: everything but printable ASCII, and the backslash, as {@code \}{@code uXXXX}. */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '\\') {
                safe.append(c);
            } else {
                safe.append(String.format("\\u%04x", (int) c));
            }
        }
        return safe.toString();
    }

    private String summarize(int originalLength) {
        if (has(0, ETHERNET_LENGTH)) {
            mac(6);
            line.append(" > ");
            mac(0);
            line.append(", ");
            payload(12);
        } else {
            line.append("[|ether]");
        }
        return line.append(", length ").append(originalLength).toString();
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

    private long u32(int offset) {
        return Integer.toUnsignedLong(bytes.getInt(offset));
    }

    /** Whatever follows the addresses: tags, then EtherType or 802.3 length at {@code at}. */
    private void payload(int at) {
        int type = at;
        while (has(type, 2) && isTag(u16(type))) {
            if (!has(type, 6)) {
                line.append("[|vlan]");
                return;
            }
            line.append("vlan ").append(u16(type + 2) & VID_MASK).append(", ");
            type += 4;
        }
        if (!has(type, 2)) {
            line.append("[|ether]");
        } else if (u16(type) < MIN_ETHER_TYPE) {
            llc(type + 2);
        } else {
            network(u16(type), type + 2);
        }
    }

    private static boolean isTag(int type) {
        return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN || type == TYPE_OLD_SERVICE_VLAN;
    }

    private void llc(int at) {
        if (!has(at, 3)) {
            line.append("[|llc]");
        } else if (u16(at) == SNAP && has(at, 8)) {
            line.append("SNAP ");
            network(u16(at + 6), at + 8);
        } else if (u16(at) == STP) {
            line.append("STP");
        } else {
            line.append(String.format("LLC dsap 0x%02x ssap 0x%02x", u8(at), u8(at + 1)));
        }
    }

    private void network(int type, int at) {
        switch (type) {
            case TYPE_ARP -> arp(at);
            case TYPE_IPV4 -> ipv4(at);
            case TYPE_IPV6 -> ipv6(at);
            default -> line.append(String.format("ethertype 0x%04x", type));
        }
    }

    private void arp(int at) {
        if (!has(at, ARP_LENGTH)) {
            line.append("[|arp]");
            return;
        }
        line.append("ARP ");
        switch (u16(at + 6)) {
            case 1 -> {
                line.append("who-has ");
                IpSummary.ipv4Address(line, bytes, at + 24);
                line.append(" tell ");
                IpSummary.ipv4Address(line, bytes, at + 14);
            }
            case 2 -> {
                line.append("reply ");
                IpSummary.ipv4Address(line, bytes, at + 14);
                line.append(" is-at ");
                mac(at + 8);
            }
            default -> line.append("operation ").append(u16(at + 6));
        }
    }

    private void ipv4(int at) {
        if (!has(at, 20) || !has(at, headerLength(at))) {
            line.append("[|ip]");
            return;
        }
        if (u8(at) >> 4 != 4 || headerLength(at) < 20) {
            line.append("IPv4 with bad version or header length");
            return;
        }
        int fragment = u16(at + 6);
        int offset = (fragment & 0x1FFF) * 8;
        boolean isFragment = (fragment & 0x3FFF) != 0;
        int payload = Math.max(0, u16(at + 2) - headerLength(at));
        line.append("IPv4 ");
        new IpSummary(line, bytes, 12 + at, 4)
                .transport(u8(at + 9), at + headerLength(at), payload, isFragment ? offset : -1);
    }

    private int headerLength(int at) {
        return (u8(at) & 0xF) * 4;
    }

    private void ipv6(int at) {
        if (!has(at, 40)) {
            line.append("[|ip6]");
            return;
        }
        if (u8(at) >> 4 != 6) {
            line.append("IPv6 with bad version");
            return;
        }
        line.append("IPv6 ");
        new IpSummary(line, bytes, 8 + at, 16).extensions(u8(at + 6), at + 40, u16(at + 4));
    }

    private void mac(int at) {
        long high = u16(at);
        long low = u32(at + 2);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) ((high << 32 | low) >> shift) & 0xFF;
            line.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 0xF, 16));
            line.append(shift == 0 ? "" : ":");
        }
    }
}
