package io.weir.perf.firewall;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.session.SessionKey;
import io.weir.datapath.session.SessionTable;

import static java.nio.ByteOrder.BIG_ENDIAN;

/**
 * Full batches of the flows of a {@link PolicyFixture}, several to each component, in an order in which each finds its session in no
 * cache. A batch comes from one port, as it does in the product; the next comes from another.
 *
 * <p>Threading: belongs to the one thread that plays the worker.
 */
final class SessionTraffic implements AutoCloseable {
    private static final int DESTINATION_MAC_OFFSET = 0;
    private static final int SOURCE_MAC_OFFSET = 6;
    private static final int SOURCE_IP_OFFSET = 26;
    private static final int DESTINATION_IP_OFFSET = 30;
    private static final int SOURCE_PORT_OFFSET = 34;
    private static final int DESTINATION_PORT_OFFSET = 36;
    private static final int FIRST_SOURCE_PORT = 50_000;
    /** Prime, so that it visits every port, and every session of a port, before it repeats. */
    private static final int STEP = 7_919;

    private final UdpBatch frames = new UdpBatch();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final SessionKey key = new SessionKey();
    private final int components;
    private final int ports;
    private final int portSessions;
    private int port;
    private int round;
    private long cursor; // session of a port

    /** @param sessionsEach sessions to each component */
    SessionTraffic(int components, int sessionsEach) {
        this.components = components;
        this.ports = components / PolicyFixture.COMPONENTS_A_PORT;
        this.portSessions = PolicyFixture.COMPONENTS_A_PORT * sessionsEach;
    }

    /** How many sessions there are. */
    int sessions() {
        return ports * portSessions;
    }

    /** How many batches bring every session at least once. */
    int batches() {
        return ports * ((portSessions + PacketBatch.CAPACITY - 1) / PacketBatch.CAPACITY);
    }

    /** Lets the bridge know where everybody is. */
    void introduce(FirewallPipeline pipeline, long nowNs) {
        for (int i = 0; i < components; i++) {
            pipeline.learn(PolicyFixture.FIRST_MAC + i, i % ports, nowNs);
        }
    }

    PacketBatch next(long nowNs) {
        port = (port + STEP) % ports;
        if (++round == ports) {
            round = 0;
            cursor += PacketBatch.CAPACITY;
        }
        PacketBatch batch = frames.refilled(port, nowNs);
        for (int i = 0; i < PacketBatch.CAPACITY; i++) {
            view.wrap(batch.address(i), UdpBatch.FRAME_LENGTH);
            write((int) ((cursor + i) * STEP % portSessions));
        }
        return batch;
    }

    private void write(int session) {
        int sender = port + session % PolicyFixture.COMPONENTS_A_PORT * ports;
        int receiver = sender == 0 ? components - 1 : sender - 1;
        mac(DESTINATION_MAC_OFFSET, receiver);
        mac(SOURCE_MAC_OFFSET, sender);
        view.putInt(SOURCE_IP_OFFSET, PolicyFixture.FIRST_IP + sender, BIG_ENDIAN);
        view.putInt(DESTINATION_IP_OFFSET, PolicyFixture.FIRST_IP + receiver, BIG_ENDIAN);
        int sourcePort = FIRST_SOURCE_PORT + session / PolicyFixture.COMPONENTS_A_PORT;
        view.putShort(SOURCE_PORT_OFFSET, (short) sourcePort, BIG_ENDIAN);
        view.putShort(DESTINATION_PORT_OFFSET, (short) PolicyFixture.SERVICE, BIG_ENDIAN);
    }

    private void mac(int offset, int component) {
        long mac = PolicyFixture.FIRST_MAC + component;
        view.putShort(offset, (short) (mac >>> 32), BIG_ENDIAN);
        view.putInt(offset + 2, (int) mac, BIG_ENDIAN);
    }

    /** How many forwarded frames of the batch belong to a session of another epoch than the one, or to none. */
    int mixed(PacketBatch batch, SessionTable sessions, int epoch, int nowMs) {
        int mixed = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i)) {
                batch.wrap(i, view);
                int session = key.packet(batch, i, view) ? sessions.find(key, nowMs) : SessionTable.MISS;
                mixed += session != SessionTable.MISS && sessions.fields().epoch(session) == epoch ? 0 : 1;
            }
        }
        return mixed;
    }

    @Override
    public void close() {
        frames.close();
    }
}
