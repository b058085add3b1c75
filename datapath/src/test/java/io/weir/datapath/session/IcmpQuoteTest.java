package io.weir.datapath.session;

import java.util.Arrays;
import java.util.Random;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.wire.IpProtocol;

import static io.weir.datapath.wire.SampleFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IcmpQuoteTest {
    private static final int ETHERNET = 14;

    private final SessionKey key = new SessionKey();
    private final IcmpQuote quote = new IcmpQuote();

    /** The packet of a frame as its receiver would quote it: what the error's receiver sent has the addresses turned round. */
    private static byte[] returned4(byte[] frame) {
        byte[] packet = Arrays.copyOfRange(frame, ETHERNET, frame.length);
        System.arraycopy(IPV4_ADDRESSES, 4, packet, 12, 4);
        System.arraycopy(IPV4_ADDRESSES, 0, packet, 16, 4);
        return packet;
    }

    private static byte[] returned6(byte[] frame) {
        byte[] packet = Arrays.copyOfRange(frame, ETHERNET, frame.length);
        System.arraycopy(IPV6_ADDRESSES, 16, packet, 8, 16);
        System.arraycopy(IPV6_ADDRESSES, 0, packet, 24, 16);
        return packet;
    }

    private static byte[] error4(int type, byte[] quoted) {
        return ethernet(0x0800, ipv4(1, new byte[] {(byte) type, 1, 0, 0, 0, 0, 0, 0}, quoted));
    }

    private static byte[] error6(int type, byte[] quoted) {
        return ethernet(0x86DD, ipv6(58, icmpv6(type, new byte[4], quoted)));
    }

    private boolean read(byte[] frame) {
        try (ParsedFrame parsed = new ParsedFrame()) {
            UnsafeBuffer view = parsed.parse(frame);
            assertTrue(IcmpQuote.isError(parsed.batch, 0, view));
            return quote.read(parsed.batch, 0, view, key);
        }
    }

    private FlowKey flow() {
        FlowKey flow = new FlowKey();
        try (SessionTable table = SessionTable.create(64, 1, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            table.fields().fill(table.begin(key, 1, 2, 0), flow);
        }
        return flow;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12})
    void shouldReadTheQuotedKeyWhenTheErrorIsOfVersion4(int type) {
        assertTrue(read(error4(type, returned4(sample("tcp4")))));

        FlowKey flow = flow();
        assertEquals(IpProtocol.TCP, flow.protocol());
        assertEquals(SessionKey.IPV4_PREFIX | 0x0A080115L, flow.sourceLow());
        assertEquals(0xC350, flow.sourcePort());
        assertEquals(0x1538, flow.destinationPort());
        assertEquals(ParsedFrame.VLAN, flow.vlan());
        assertTrue(quote.hasSequence());
        assertEquals(1, quote.sequence());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void shouldReadTheQuotedKeyWhenTheErrorIsOfVersion6(int type) {
        assertTrue(read(error6(type, returned6(sample("udp6 destination options")))));

        FlowKey flow = flow();
        assertEquals(IpProtocol.UDP, flow.protocol());
        assertEquals(0x21, flow.sourceLow());
        assertEquals(53, flow.destinationPort());
        assertFalse(quote.hasSequence());
    }

    @Test
    void shouldReadEchoesAndProtocolsWithoutPorts() {
        assertTrue(read(error4(3, returned4(sample("icmp")))));
        assertEquals(8 << 8, flow().destinationPort());
        assertTrue(read(error4(3, returned4(sample("ospf")))));
        assertEquals(89, flow().protocol());
        assertTrue(read(error6(1, returned6(sample("echo6")))));
        assertEquals(128 << 8, flow().destinationPort());
    }

    @ParameterizedTest
    @CsvSource({"27, false", "28, true"})
    void shouldAskForEightBytesBehindTheHeader(int length, boolean readable) {
        assertEquals(readable, read(error4(3, Arrays.copyOf(returned4(sample("tcp4")), length))));
    }

    @Test
    void shouldRefuseWhatTheReceiverHasNotSent() {
        assertFalse(read(error4(3, Arrays.copyOfRange(sample("tcp4"), ETHERNET, 80))));
        assertFalse(read(error6(1, Arrays.copyOfRange(sample("tcp6"), ETHERNET, 80))));
    }

    @Test
    void shouldRefuseQuotesThatContradictThemselves() {
        byte[] packet = returned4(sample("tcp4"));
        byte[][] wrong = {packet.clone(), packet.clone(), packet.clone(), packet.clone(), packet.clone()};
        wrong[0][0] = 0x65; // version 6
        wrong[1][0] = 0x44; // a header of 16 bytes
        wrong[2][0] = 0x4F; // a header of 60 bytes, then nothing
        wrong[3][7] = 9; // a later fragment
        wrong[4][3] = 20; // a packet that is a header only
        for (int i = 0; i < wrong.length; i++) {
            int length = i == 2 ? 60 : wrong[i].length;
            assertFalse(read(error4(3, Arrays.copyOf(wrong[i], length))), "quote " + i);
        }
        assertFalse(read(error4(11, returned4(error4(3, packet)))), "an error about an error");
        assertFalse(read(error6(3, returned6(error6(1, returned6(sample("tcp6")))))), "an error about an error");
        assertFalse(read(error6(1, returned6(sample("later fragment6")))));
        assertFalse(read(error6(1, Arrays.copyOf(returned6(sample("udp6 destination options")), 57))), "cut");
    }

    @Test
    void shouldCallOnlyErrorsErrors() {
        try (ParsedFrame parsed = new ParsedFrame()) {
            for (String name : all().keySet()) {
                UnsafeBuffer view = parsed.parse(sample(name));
                assertFalse(IcmpQuote.isError(parsed.batch, 0, view), name);
            }
        }
    }

    @Property(tries = 3_000)
    void shouldNeverThrowWhateverIsQuoted(@ForAll long seed) {
        Random random = new Random(seed);
        boolean ipv6 = random.nextBoolean();
        byte[] good = ipv6 ? returned6(sample("all extensions")) : returned4(sample("tcp4 options"));
        byte[] quoted = Arrays.copyOf(good, random.nextInt(good.length + 40));
        for (int i = random.nextInt(6); i > 0 && quoted.length > 0; i--) {
            quoted[random.nextInt(quoted.length)] = (byte) random.nextInt();
        }
        try (ParsedFrame parsed = new ParsedFrame()) {
            byte[] frame = ipv6 ? error6(1, quoted) : error4(3, quoted);
            if (parsed.offer(frame, 1, 0) == DropReason.NONE) {
                boolean readable = quote.read(parsed.batch, 0, parsed.view(), key);
                assertTrue(!readable || quoted.length >= (ipv6 ? 48 : 28));
            }
        }
    }
}
