package io.weir.datapath.session;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.wire.IpProtocol;

import static io.weir.datapath.wire.SampleFrames.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SessionKeyTest {
    private static final int ECHO_REQUEST = 8 << 8;
    private static final int ECHO_REPLY = 0;

    private final ParsedFrame parsed = new ParsedFrame();
    private final SessionTable table = SessionTable.create(64, 1, SessionTimeouts.DEFAULT, SessionEvents.NONE);

    @AfterEach
    void close() {
        parsed.close();
        table.close();
    }

    @Test
    void shouldBeOneKeyWhenTheDirectionDiffers() {
        int session = table.begin(Keys.udp(0x0A000002, 5000, 0x0A000001, 53), 1, 2, 0);

        assertEquals(session, table.find(Keys.udp(0x0A000001, 53, 0x0A000002, 5000), 0));
        assertTrue(table.fields().isReply(session, Keys.udp(0x0A000001, 53, 0x0A000002, 5000)));
        assertFalse(table.fields().isReply(session, Keys.udp(0x0A000002, 5000, 0x0A000001, 53)));
    }

    @Test
    void shouldOrderAddressesAsUnsignedNumbers() {
        int session = table.begin(Keys.udp(0xC0A80001, 1, 0x0A000001, 2), 1, 2, 0);
        FlowKey flow = new FlowKey();
        table.fields().fill(session, flow);

        assertEquals(SessionKey.IPV4_PREFIX | 0xC0A80001L, flow.sourceLow());
        assertEquals(1, flow.sourcePort());
        assertEquals(2, flow.destinationPort());
    }

    @Test
    void shouldTellDirectionsByPortWhenAHostTalksToItself() {
        int session = table.begin(Keys.udp(7, 9000, 7, 80), 1, 1, 0);

        assertEquals(session, table.find(Keys.udp(7, 80, 7, 9000), 0));
        assertTrue(table.fields().isReply(session, Keys.udp(7, 80, 7, 9000)));
    }

    @Test
    void shouldDifferWhenVlanProtocolPortOrVersionDiffers() {
        table.begin(Keys.udp(1, 10, 2, 20), 1, 2, 0);
        SessionKey otherVlan = new SessionKey()
                .ends(false, 0, SessionKey.IPV4_PREFIX | 1, 0, SessionKey.IPV4_PREFIX | 2)
                .transport(2, IpProtocol.UDP, 10, 20);
        SessionKey mapped = new SessionKey()
                .ends(true, 0, SessionKey.IPV4_PREFIX | 1, 0, SessionKey.IPV4_PREFIX | 2)
                .transport(Keys.VLAN, IpProtocol.UDP, 10, 20);

        assertEquals(SessionTable.MISS, table.find(otherVlan, 0));
        assertEquals(SessionTable.MISS, table.find(mapped, 0));
        assertEquals(SessionTable.MISS, table.find(Keys.tcp(1, 10, 2, 20), 0));
        assertEquals(SessionTable.MISS, table.find(Keys.udp(1, 11, 2, 20), 0));
        assertEquals(SessionTable.MISS, table.find(Keys.udp(1, 20, 2, 10), 0));
    }

    @Test
    void shouldShareASessionWhenEchoIsAnswered() {
        int session = table.begin(echo(2, 1, ECHO_REQUEST, 77), 1, 2, 0);
        SessionKey reply = echo(1, 2, ECHO_REPLY, 77);

        assertEquals(session, table.find(reply, 0));
        assertTrue(reply.answer());
        assertTrue(table.fields().isReply(session, reply));
        assertEquals(77, table.fields().sourcePort(session));
        assertEquals(ECHO_REQUEST, table.fields().destinationPort(session));
    }

    @Test
    void shouldBeAnotherSessionWhenTheOtherEndAsksWithTheSameIdentifier() {
        table.begin(echo(2, 1, ECHO_REQUEST, 77), 1, 2, 0);

        assertEquals(SessionTable.MISS, table.find(echo(1, 2, ECHO_REQUEST, 77), 0));
        assertEquals(SessionTable.MISS, table.find(echo(2, 1, ECHO_REPLY, 77), 0));
        assertEquals(SessionTable.MISS, table.find(echo(1, 2, ECHO_REPLY, 78), 0));
    }

    @Test
    void shouldReadWhatThePacketSays() {
        assertKey("tcp4", IpProtocol.TCP, 0xC350, 0x1538);
        assertKey("tcp6", IpProtocol.TCP, 0xC350, 0x1538);
        assertKey("udp4", IpProtocol.UDP, 0xC350, 53);
        assertKey("sctp4", IpProtocol.SCTP, 0x0B59, 0x0B59);
        assertKey("icmp", IpProtocol.ICMP, 1, ECHO_REQUEST);
        assertKey("echo6", IpProtocol.ICMPV6, 1, 128 << 8);
        assertKey("ospf", 89, 0, 0);
        assertKey("first fragment", IpProtocol.UDP, 0xC350, 53);
    }

    @Test
    void shouldHaveNoKeyWhenThereAreNoPortsToRead() {
        for (String name : new String[] {"later fragment", "later fragment6", "arp", "spanning tree"}) {
            UnsafeBuffer frame = parsed.parse(sample(name));

            assertFalse(new SessionKey().packet(parsed.batch, 0, frame), name);
        }
    }

    @Test
    void shouldHashOtherwiseWhenTheSeedDiffers() {
        try (SessionIndex one = new SessionIndex(64, 1);
                SessionIndex other = new SessionIndex(64, 2)) {
            SessionKey key = Keys.udp(1, 10, 2, 20);

            assertNotEquals(one.hash(key), other.hash(key));
        }
    }

    private void assertKey(String name, int protocol, int sourcePort, int destinationPort) {
        UnsafeBuffer frame = parsed.parse(sample(name));
        SessionKey key = new SessionKey();
        assertTrue(key.packet(parsed.batch, 0, frame), name);
        int session = table.begin(key, 1, 2, 0);
        FlowKey flow = new FlowKey();
        table.fields().fill(session, flow);

        assertEquals(protocol, flow.protocol(), name);
        assertEquals(sourcePort, flow.sourcePort(), name);
        assertEquals(destinationPort, flow.destinationPort(), name);
        assertEquals(ParsedFrame.VLAN, flow.vlan(), name);
        assertEquals(name.endsWith("6") ? 0x86DD : 0x0800, flow.etherType(), name);
        assertEquals(name.endsWith("6") ? 0x20 : SessionKey.IPV4_PREFIX | 0x0A080114L, flow.sourceLow(), name);
        table.end(session);
    }

    private static SessionKey echo(int from, int to, int typeAndCode, int identifier) {
        return new SessionKey()
                .ends(false, 0, SessionKey.IPV4_PREFIX | from, 0, SessionKey.IPV4_PREFIX | to)
                .icmp(Keys.VLAN, IpProtocol.ICMP, typeAndCode, identifier);
    }
}
