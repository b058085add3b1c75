package io.weir.datapath.capture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.weir.datapath.capture.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
class CaptureFilterTest {
    @Test
    void shouldMatchEveryFrameWhenExpressionIsBlank() {
        CaptureFilter filter = CaptureFilter.compile("  ");

        assertSame(CaptureFilter.ALL, filter);
        try (OffHeapFrames memory = new OffHeapFrames()) {
            assertTrue(filter.program().matches(memory.place(new byte[0]), 0));
        }
    }

    @Test
    void shouldGiveEachWorkerItsOwnProgram() {
        CaptureFilter filter = CaptureFilter.compile("arp");

        assertNotSame(filter.program(), filter.program());
        assertEquals("arp", filter.expression());
    }

    @Test
    void shouldTellArpFromIp() {
        BpfProgram program = CaptureFilter.compile("arp").program();
        byte[] arp = Frames.bytes(Frames.ARP_REQUEST);
        byte[] ip = Frames.bytes(Frames.IPV4_UDP_DNS);

        try (OffHeapFrames memory = new OffHeapFrames()) {
            assertTrue(program.matches(memory.place(arp), arp.length));
            assertFalse(program.matches(memory.place(ip), ip.length));
        }
    }

    @Test
    void shouldRefuseBadExpressionWithLibpcapsMessageValueAndRemedy() {
        assertRefused(
                IllegalArgumentException.class,
                () -> CaptureFilter.compile("tcp prot 443"),
                "\"tcp prot 443\"",
                "syntax error",
                "pcap-filter(7)");
    }

    @Test
    void shouldEscapeExpressionInError() {
        assertRefused(
                IllegalArgumentException.class, () -> CaptureFilter.compile("tcp \u001b[2J\0"), "\\u001b[2J\\u0000");
    }

    @Test
    void shouldRefuseWhatDependsOnTheInterfacesNetwork() {
        assertRefused(IllegalArgumentException.class, () -> CaptureFilter.compile("ip broadcast"), "netmask not known");
    }

    @Test
    void shouldRefuseLoopsSoThatEveryProgramEnds() {
        assertRefused(
                IllegalArgumentException.class,
                () -> CaptureFilter.compile("ip6 protochain 17"),
                "\"ip6 protochain 17\"",
                "jumps backwards");
    }
}
