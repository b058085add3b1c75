package io.weir.ipsec.transport;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.port.PortException;
import io.weir.kernel.Errno;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every transport does, over a router and both families. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class DatagramTransportContract {
    private static final int SEED = 0x7A57;
    private static final int SMALLEST_IPV6_MTU = 1280;
    private static final int SEGMENT = 1000;

    private final Scratch memory = new Scratch(DatagramTransport.SEND_MAX);
    private final byte[] content = new byte[DatagramTransport.SEND_MAX];
    Hosts hosts;

    abstract TransportSettings settings(boolean ipv6);

    /** Whether it sets and reports DSCP and ECN. */
    abstract boolean carriesTrafficClass();

    @BeforeEach
    void make() {
        hosts = new Hosts();
        new Random(SEED).nextBytes(content);
        Memory.copy(content, 0, memory.address(), content.length);
    }

    @AfterEach
    void delete() {
        if (hosts != null) {
            hosts.close();
        }
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryDatagramsBothWays(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            send(left, 100, 100, 0);
            Datagrams there = Datagrams.await(right, 1);
            send(right, 1, 1, 0);
            Datagrams back = Datagrams.await(left, 1);

            assertArrayEquals(expected(0, 100), there.payloads.getFirst());
            assertArrayEquals(expected(0, 1), back.payloads.getFirst());
            assertEquals(1500, left.pathMtu());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepTheBoundsOfSegments(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            send(left, 40 * SEGMENT + 77, SEGMENT, 0);

            Datagrams received = Datagrams.await(right, 41);

            for (int i = 0; i < 40; i++) {
                assertArrayEquals(expected(i * SEGMENT, SEGMENT), received.payloads.get(i), "datagram " + i);
            }
            assertArrayEquals(expected(40 * SEGMENT, 77), received.payloads.getLast());
            if (right.segments()) {
                assertEquals(List.of(41), received.messages, "coalesced");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendAsManySegmentsAndBytesAsItSays(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            send(left, DatagramTransport.SEGMENTS_MAX, 1, 0);
            Datagrams small = Datagrams.await(right, DatagramTransport.SEGMENTS_MAX);
            send(left, DatagramTransport.SEND_MAX, 1400, 0);
            Datagrams full = Datagrams.await(right, 47);

            assertTrue(small.payloads.stream().allMatch(payload -> payload.length == 1));
            assertArrayEquals(content, joined(full.payloads));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryDscpAndEcn(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            send(left, 3 * SEGMENT, SEGMENT, 0xb9);
            send(left, SEGMENT, SEGMENT, 0);
            send(left, SEGMENT, SEGMENT, 0x03);

            Datagrams received = Datagrams.await(right, 5);

            List<Integer> expected =
                    carriesTrafficClass() ? List.of(0xb9, 0xb9, 0xb9, 0, 0x03) : List.of(-1, -1, -1, -1, -1);
            assertEquals(expected, received.trafficClasses);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLearnThePathMtu(boolean ipv6) {
        hosts.farMtu(SMALLEST_IPV6_MTU);
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            assertEquals(0, send(left, 1400, 1400, 0));
            Datagrams.awaitReady(left); // the router's answer
            assertEquals(0, left.receive());

            assertEquals(SMALLEST_IPV6_MTU, left.pathMtu());
            assertEquals(3, send(left, 3 * 1400, 1400, 0));
            assertEquals(Errno.EMSGSIZE, left.errno());
            int fitting = left.pathMtu() - left.headerLength();
            assertEquals(0, send(left, 3 * fitting, fitting, 0));
            assertArrayEquals(expected(0, 3 * fitting), joined(Datagrams.await(right, 3).payloads));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFragmentWhereThatIsAllowed(boolean ipv6) {
        TransportSettings strict = settings(ipv6);
        TransportSettings settings = new TransportSettings(
                strict.peer(),
                strict.local(),
                strict.remote(),
                strict.encapsulation(),
                strict.port(),
                strict.transport(),
                false);
        try (var left = hosts.openLeft(settings);
                var right = hosts.openRight(settings)) {
            assertEquals(0, send(left, 8000, 3000, 0));

            List<byte[]> received = Datagrams.await(right, 3).payloads;

            assertEquals(3000, received.getFirst().length);
            assertArrayEquals(expected(0, 8000), joined(received));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendSegmentsWithoutChecksumOffload(boolean ipv6) {
        hosts.withoutChecksumOffload();
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            assertEquals(0, send(left, 40 * SEGMENT + 77, SEGMENT, 0));

            assertArrayEquals(expected(0, 40 * SEGMENT + 77), joined(Datagrams.await(right, 41).payloads));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGoOnWhenThePeerWasNotThere(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6))) {
            send(left, SEGMENT, SEGMENT, 0);
            Datagrams.awaitReady(left); // its host says that nobody listens
            assertEquals(0, left.receive());
            assertEquals(1, left.unreachable());
            send(left, SEGMENT, SEGMENT, 0);
            Datagrams.awaitReady(left);
            try (var right = hosts.openRight(settings(ipv6))) {
                int refused = send(left, 10 * SEGMENT, SEGMENT, 0);

                assertEquals(0, refused);
                assertArrayEquals(expected(0, 10 * SEGMENT), joined(Datagrams.await(right, 10).payloads));
                assertEquals(0, left.receive()); // raw sockets tell no error when they send
                assertEquals(2, left.unreachable());
                assertEquals(0, right.unreachable());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGoOnWhenTheLinkWasDown(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            send(left, SEGMENT, SEGMENT, 0);
            Datagrams.await(right, 1);
            hosts.cutLeft();
            assertEquals(1500, left.pathMtu());
            hosts.mendLeft();

            assertEquals(1500, left.pathMtu());
            send(left, SEGMENT, SEGMENT, 0);
            assertArrayEquals(
                    expected(0, SEGMENT), Datagrams.await(right, 1).payloads.getFirst());
        }
    }

    @Test
    void shouldLetAPortWaitForARoute() {
        hosts.cutLeft();

        var refused = assertThrows(PortException.class, () -> hosts.openLeft(settings(false)));

        assertTrue(refused.deviceMissing(), refused.getMessage());
        assertTrue(refused.reason().contains("ENETUNREACH"), refused.reason());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayWhatAFullQueueDidNotTake(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            send(left, 1, 1, 0);
            Datagrams.await(right, 1); // the hosts know each other's link addresses
            hosts.choke();
            int refused = 0;
            for (int i = 0; i < 1000 && refused == 0; i++) {
                for (int j = 0; j < 40; j++) {
                    left.send(memory.address(), SEGMENT, SEGMENT, 0);
                }
                refused = left.flush();
            }

            assertTrue(refused > 0 && refused <= 40, "refused " + refused);
            assertEquals(Errno.EAGAIN, left.errno());
            assertEquals(40, sendMany(left, 40), "still full");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReceiveBurstsInTheirOrder(boolean ipv6) {
        try (var left = hosts.openLeft(settings(ipv6));
                var right = hosts.openRight(settings(ipv6))) {
            for (int i = 0; i < 100; i++) {
                left.send(memory.address() + i, 50 + i, 50 + i, 0);
            }
            assertEquals(0, left.flush());

            Datagrams received = Datagrams.await(right, 100);

            for (int i = 0; i < 100; i++) {
                assertArrayEquals(expected(i, 50 + i), received.payloads.get(i), "datagram " + i);
            }
            assertEquals(0, right.receive());
            assertEquals(0, right.drops());
        }
    }

    private int send(DatagramTransport transport, int length, int segment, int trafficClass) {
        assertTrue(length / segment <= Math.max(transport.maxSegments(), DatagramTransport.SEGMENTS_MAX));
        transport.send(memory.address(), length, segment, trafficClass);
        return transport.flush();
    }

    private int sendMany(DatagramTransport transport, int count) {
        for (int j = 0; j < count; j++) {
            transport.send(memory.address(), SEGMENT, SEGMENT, 0);
        }
        return transport.flush();
    }

    private byte[] expected(int offset, int length) {
        return Arrays.copyOfRange(content, offset, offset + length);
    }

    private static byte[] joined(List<byte[]> payloads) {
        byte[] joined =
                new byte[payloads.stream().mapToInt(payload -> payload.length).sum()];
        int at = 0;
        for (byte[] payload : payloads) {
            System.arraycopy(payload, 0, joined, at, payload.length);
            at += payload.length;
        }
        return joined;
    }
}
