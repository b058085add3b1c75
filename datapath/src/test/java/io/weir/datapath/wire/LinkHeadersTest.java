package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ethernet, VLAN, LLC/SNAP and ARP: known bytes read, known bytes written, impossible lengths. */
@Timeout(10)
class LinkHeadersTest {
    private static final String ETHERNET = "525400000002" + "52540000000a" + "0800";
    private static final String ARP = "0001080006040002" + "52540000000a" + "0a080114" + "525400000002" + "0a080115";

    @Test
    void shouldReadEthernetWhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(ETHERNET);

        EthernetHeader header = new EthernetHeader().wrap(bytes.addressOffset(), bytes.capacity());

        assertEquals(DropReason.NONE, header.check());
        assertEquals(0x5254_0000_0002L, header.destination());
        assertEquals(0x5254_0000_000AL, header.source());
        assertEquals(0x0800, header.etherType());
        assertEquals("52:54:00:00:00:0a > 52:54:00:00:00:02, ethertype 0x800", header.toString());
    }

    @Test
    void shouldWriteEthernetByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(14);

        new EthernetHeader()
                .wrap(bytes, 0, 14)
                .destination(0x5254_0000_0002L)
                .source(0x5254_0000_000AL)
                .etherType(0x0800);

        assertEquals(ETHERNET, HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseEthernetWhenShort() {
        for (int length = 0; length < 14; length++) {
            EthernetHeader header = new EthernetHeader().wrap(HeaderBytes.zeros(length), 0, length);
            assertEquals(DropReason.FRAME_TOO_SHORT.code(), header.check());
            assertEquals("ethernet, truncated", header.toString());
        }
    }

    @Test
    void shouldReadVlanTagWhenBytesAreKnown() {
        VlanTag tag = new VlanTag().wrap(HeaderBytes.of("8100b0640800"), 0, 6);

        assertEquals(DropReason.NONE, tag.check());
        assertEquals(0x8100, tag.tagType());
        assertEquals(5, tag.priority());
        assertTrue(tag.dropEligible());
        assertEquals(100, tag.vid());
        assertEquals(0x0800, tag.nextType());
        assertEquals("vlan 100, p 5, DEI, ethertype 0x800", tag.toString());
        assertTrue(VlanTag.isTagType(0x88A8) && VlanTag.isTagType(0x9100));
        assertFalse(VlanTag.isTagType(0x0800));
    }

    @Test
    void shouldWriteVlanTagByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(6);

        new VlanTag().wrap(bytes.addressOffset(), 6).tagType(0x88A8).tci(0xB064).nextType(0x86DD);

        assertEquals("88a8b06486dd", HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseVlanTagWhenShort() {
        for (int length = 0; length < 6; length++) {
            VlanTag tag = new VlanTag().wrap(HeaderBytes.zeros(length), 0, length);
            assertEquals(DropReason.VLAN_TRUNCATED.code(), tag.check());
            assertEquals("vlan, truncated", tag.toString());
        }
    }

    @Test
    void shouldReadSnapWhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of("aaaa0300000c2000");
        LlcHeader header = new LlcHeader().wrap(bytes.addressOffset(), 8);

        assertEquals(DropReason.NONE, header.check());
        assertTrue(header.isSnap());
        assertEquals(0x00000C, header.oui());
        assertEquals(0x2000, header.protocol());
        assertEquals(0, LlcHeader.snapEtherType(bytes, 0));
        assertEquals("LLC, dsap 0xaa, ssap 0xaa, ctrl 0x3, oui 0xc, pid 0x2000", header.toString());
    }

    @Test
    void shouldWriteSnapByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(8);

        new LlcHeader()
                .wrap(bytes, 0, 8)
                .dsap(0xAA)
                .ssap(0xAA)
                .control(3)
                .oui(0)
                .protocol(0x0800);

        assertEquals("aaaa030000000800", HeaderBytes.hex(bytes));
        assertEquals(0x0800, LlcHeader.snapEtherType(bytes, 0));
    }

    @Test
    void shouldRefuseLlcWhenShort() {
        String[] cut = {"", "42", "4242", "424201", "aaaa03", "aaaa0300000008"};
        for (String hex : cut) {
            LlcHeader header = new LlcHeader().wrap(HeaderBytes.of(hex), 0, hex.length() / 2);
            assertEquals(DropReason.LLC_TRUNCATED.code(), header.check(), hex);
            assertEquals("LLC, truncated", header.toString());
        }
        assertEquals(
                "LLC, dsap 0x42, ssap 0x42, ctrl 0x3",
                new LlcHeader().wrap(HeaderBytes.of("424203"), 0, 3).toString());
    }

    @Test
    void shouldReadArpWhenBytesAreKnown() {
        UnsafeBuffer bytes = HeaderBytes.of(ARP);
        ArpPacket packet = new ArpPacket().wrap(bytes.addressOffset(), 28);

        assertEquals(DropReason.NONE, packet.check());
        assertEquals(ArpPacket.REPLY, packet.operation());
        assertEquals(0x5254_0000_000AL, packet.senderMac());
        assertEquals(0x0A08_0114, packet.senderIp());
        assertEquals(0x5254_0000_0002L, packet.targetMac());
        assertEquals(0x0A08_0115, packet.targetIp());
        assertEquals("ARP, Reply 10.8.1.20 is-at 52:54:00:00:00:0a", packet.toString());
        assertEquals(
                "ARP, Request who-has 10.8.1.21 tell 10.8.1.20",
                packet.operation(1).toString());
        assertEquals(
                "ARP, operation 3 from 52:54:00:00:00:0a", packet.operation(3).toString());
    }

    @Test
    void shouldWriteArpByteForByte() {
        UnsafeBuffer bytes = HeaderBytes.zeros(28);

        new ArpPacket()
                .wrap(bytes, 0, 28)
                .format()
                .operation(2)
                .senderMac(0x5254_0000_000AL)
                .senderIp(0x0A08_0114)
                .targetMac(0x5254_0000_0002L)
                .targetIp(0x0A08_0115);

        assertEquals(ARP, HeaderBytes.hex(bytes));
    }

    @Test
    void shouldRefuseArpWhenShortOrForeign() {
        for (int length = 0; length < 28; length++) {
            ArpPacket cut = new ArpPacket().wrap(HeaderBytes.of(ARP), 0, length);
            assertEquals(DropReason.ARP_TRUNCATED.code(), cut.check());
            assertEquals("ARP, malformed", cut.toString());
        }
        ArpPacket packet = new ArpPacket().wrap(HeaderBytes.of(ARP), 0, 28);
        for (int operation = 0; operation < 65_536; operation++) {
            boolean known = (operation >= 1 && operation <= 4) || operation == 8 || operation == 9;
            packet.operation(operation);
            assertEquals(known ? 0 : DropReason.ARP_INVALID.code(), packet.check(), "operation " + operation);
        }
    }
}
