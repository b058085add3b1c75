package io.weir.datapath.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import io.weir.datapath.wire.IpProtocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The table against a hash map that does the same in the obvious way. jqwik prints the seed of a failing run. */
class SessionTableOracleTest {
    private static final int CAPACITY = 4096;
    private static final int HOSTS = 12;
    private static final int PORTS = 5;
    private static final long MS_NS = 1_000_000;
    private static final SessionTimeouts TIMEOUTS = SessionTimeouts.DEFAULT;

    /** Ends in their order of number, so that both directions are equal. */
    private record Flow(int protocol, long lower, long higher) {
        static Flow of(int protocol, long one, long other) {
            return new Flow(protocol, Math.min(one, other), Math.max(one, other));
        }
    }

    private static final class Entry {
        int ingress;
        int egress;
        int seenMs;
        int begunMs;
        boolean replied;
        long source;
        long forwardBytes;
        long replyBytes;
        long frames;
    }

    private final Map<Flow, Entry> model = new HashMap<>();
    private final SessionKey key = new SessionKey();
    private int nowMs;
    private SessionTable table = SessionTable.create(64, 1, TIMEOUTS, SessionEvents.NONE);

    @Property(tries = 150)
    void shouldBehaveAsTheModel(@ForAll long seed) {
        Random random = new Random(seed);
        model.clear();
        nowMs = random.nextInt();
        table.close();
        table = SessionTable.create(CAPACITY, seed, TIMEOUTS, SessionEvents.NONE);
        table.portShare(CAPACITY);

        for (int step = 0; step < 2_000; step++) {
            nowMs += random.nextInt(50);
            act(random);
        }

        compare();
        table.close();
        table = SessionTable.create(64, 1, TIMEOUTS, SessionEvents.NONE);
    }

    private void act(Random random) {
        int port = random.nextInt(PORTS);
        switch (random.nextInt(60)) {
            case 0 -> {
                table.flushPort(port);
                model.values().removeIf(entry -> entry.ingress == port || entry.egress == port);
            }
            case 1 -> {
                nowMs += random.nextInt(100_000);
            }
            case 2, 3 -> table.sweep(nowMs * MS_NS, random.nextInt(CAPACITY), SessionTable.Visitor.NONE);
            case 4 -> compare();
            default -> packet(random, port, random.nextInt(PORTS));
        }
    }

    private void packet(Random random, int ingress, int egress) {
        int protocol = random.nextBoolean() ? IpProtocol.UDP : 47;
        int ports = protocol == IpProtocol.UDP ? 3 : 1;
        int from = random.nextInt(HOSTS);
        int to = random.nextInt(HOSTS);
        int fromPort = random.nextInt(ports);
        int toPort = random.nextInt(ports);
        long source = (long) from << 16 | fromPort;
        Flow flow = Flow.of(protocol, source, (long) to << 16 | toPort);
        Keys.fill(key, protocol, from, fromPort, to, toPort);
        Entry known = live(flow);
        int session = table.find(key, nowMs);
        assertEquals(known != null, session != SessionTable.MISS, flow::toString);
        if (known == null) {
            session = table.begin(key, ingress, egress, nowMs);
            known = new Entry();
            known.ingress = ingress;
            known.egress = egress;
            known.begunMs = nowMs;
            known.source = source;
            model.put(flow, known);
        }
        boolean reply = known.source != source;
        assertEquals(reply, table.fields().isReply(session, key), flow::toString);
        if (random.nextInt(10) == 0) {
            table.end(session);
            model.remove(flow);
            return;
        }
        int length = 60 + random.nextInt(1_400);
        table.touch(session, reply, length, nowMs);
        known.seenMs = nowMs;
        known.frames++;
        known.replied |= reply;
        known.forwardBytes += reply ? 0 : length;
        known.replyBytes += reply ? length : 0;
    }

    private @org.jspecify.annotations.Nullable Entry live(Flow flow) {
        Entry entry = model.get(flow);
        if (entry != null && nowMs - entry.seenMs >= timeoutMs(flow, entry)) {
            model.remove(flow);
            return null;
        }
        return entry;
    }

    private static int timeoutMs(Flow flow, Entry entry) {
        if (flow.protocol != IpProtocol.UDP) {
            return TIMEOUTS.otherMs();
        }
        return entry.replied ? TIMEOUTS.udpStreamMs() : TIMEOUTS.udpMs();
    }

    private void compare() {
        Set.copyOf(model.keySet()).forEach(this::live);
        Set<Flow> shown = new HashSet<>();
        SessionFields fields = table.fields();
        table.forEach(nowMs * MS_NS, session -> {
            io.weir.datapath.policy.FlowKey flowKey = new io.weir.datapath.policy.FlowKey();
            fields.fill(session, flowKey);
            long source = (flowKey.sourceLow() & 0xFFFF_FFFFL) << 16 | flowKey.sourcePort();
            long destination = (flowKey.destinationLow() & 0xFFFF_FFFFL) << 16 | flowKey.destinationPort();
            Flow flow = Flow.of(flowKey.protocol(), source, destination);
            Entry entry = Objects.requireNonNull(model.get(flow), flow::toString);
            assertEquals(entry.source, source);
            assertEquals(entry.ingress, fields.ingressPort(session));
            assertEquals(entry.egress, fields.egressPort(session));
            assertEquals(entry.begunMs, fields.begunMs(session));
            assertEquals(entry.forwardBytes, fields.bytes(session, false));
            assertEquals(entry.replyBytes, fields.bytes(session, true));
            assertEquals(entry.frames, fields.frames(session, false) + fields.frames(session, true));
            shown.add(flow);
        });
        assertEquals(model.keySet(), shown);
    }
}
