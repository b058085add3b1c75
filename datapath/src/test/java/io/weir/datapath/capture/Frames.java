package io.weir.datapath.capture;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Frames that tests feed: one of each kind that filters and summaries tell apart, and damaged ones. */
final class Frames {
    static final String MACS = "525400000002" + "525400000001";
    static final String IPV4_TCP_SYN = MACS + "0800" + "4500003412344000400600000a0000010a000002"
            + "a02801bb000000010000000080020200000000000204058401030307" + "01010402";
    static final String IPV4_TCP_ACK = MACS + "0800" + "4500002812344000400600000a0000010a000002"
            + "a02801bb0000000500000007501002000000" + "0000";
    static final String IPV4_UDP_DNS =
            MACS + "0800" + "4500002812340000401100000a0000010a000235" + "d431003500140000000102030405060708090a0b";
    static final String IPV4_OPTIONS_UDP =
            MACS + "0800" + "4600002000000000401100000a0000010a00000294040000" + "1388138900080000";
    static final String IPV4_ICMP_ECHO =
            MACS + "0800" + "4500001c00010000400100000a0000010a000002" + "0800000000070001";
    static final String IPV4_FRAGMENT = MACS + "0800" + "4500001c12340005401100000a0000010a000002" + "0102030405060708";
    static final String IPV4_SCTP =
            MACS + "0800" + "4500002000000000408400000a0000010a000002" + "138813890000000000000000";
    static final String IPV6_UDP = MACS + "86dd" + "600000000008114020010db8000000000000000000000001"
            + "20010db8000000000000000000000002" + "1388138900080000";
    static final String IPV6_TCP = MACS + "86dd" + "60000000001406402001" + "0db8000000000000000000000001"
            + "20010db8000000000000000000000002" + "005001bb00000001000000025018010000000000";
    static final String IPV6_ND =
            "3333ff000002525400000001" + "86dd" + "6000000000183afffe800000000000000000000000000001"
                    + "ff0200000000000000000001ff000002" + "8700000000000000fe800000000000000000000000000002";
    static final String IPV6_HOP_BY_HOP = MACS + "86dd" + "600000000010004020010db8000000000000000000000001"
            + "20010db8000000000000000000000002" + "1100000000000000" + "1388138900080000";
    static final String ARP_REQUEST =
            "ffffffffffff525400000001" + "0806" + "00010800060400015254000000010a0000010000000000000a000002";
    static final String ARP_REPLY = MACS + "0806" + "00010800060400025254000000010a0000015254000000020a000002";
    static final String VLAN_10_TCP = MACS + "8100000a" + IPV4_TCP_SYN.substring(24);
    static final String QINQ_UDP = MACS + "88a80064" + "8100000a" + IPV4_UDP_DNS.substring(24);
    static final String STP = "0180c2000000525400000001" + "0026" + "424203" + "000000000080000000".repeat(3);
    static final String BROADCAST_DHCP =
            "ffffffffffff525400000001" + "0800" + "4500001c000000004011000000000000ffffffff" + "0044004300080000";
    static final String IGMP = "01005e000001525400000001" + "0800" + "4600002000000000010200000a000001e000000194040000"
            + "1164ee9b00000000";

    private static final List<String> KINDS = List.of(
            IPV4_TCP_SYN,
            IPV4_TCP_ACK,
            IPV4_UDP_DNS,
            IPV4_OPTIONS_UDP,
            IPV4_ICMP_ECHO,
            IPV4_FRAGMENT,
            IPV4_SCTP,
            IPV6_UDP,
            IPV6_TCP,
            IPV6_ND,
            IPV6_HOP_BY_HOP,
            ARP_REQUEST,
            ARP_REPLY,
            VLAN_10_TCP,
            QINQ_UDP,
            STP,
            BROADCAST_DHCP,
            IGMP);

    private Frames() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** One of each kind. */
    static List<byte[]> kinds() {
        return KINDS.stream().map(Frames::bytes).toList();
    }

    /** Each kind, each kind cut at every length, each kind with random bytes changed, and noise. */
    static List<byte[]> damaged(Random random) {
        List<byte[]> frames = new ArrayList<>(kinds());
        for (byte[] frame : kinds()) {
            for (int length = 0; length < frame.length; length += 3) {
                frames.add(ByteBuffer.allocate(length).put(frame, 0, length).array());
            }
            for (int i = 0; i < 20; i++) {
                byte[] changed = frame.clone();
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                frames.add(changed);
            }
        }
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            frames.add(noise);
        }
        return frames;
    }
}
