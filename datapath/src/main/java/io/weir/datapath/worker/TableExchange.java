package io.weir.datapath.worker;

import java.util.List;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.TableUpdates;

/**
 * What this worker's tables learn, told to the other workers, and what they tell, taken over: each worker looks up in
 * replicas of its own, so that no lookup waits for anyone.
 *
 * <p>A worker takes updates over at the begin of each duty cycle, before it looks at frames. An update that finds a full ring
 * is lost: the frame concerned is flooded instead of switched until the address is announced again.
 *
 * <pre>
 *   type: the kind of update | first to third: VLAN, port, family, kind | high, low: address | mac
 * </pre>
 *
 * <p>Threading: reports and {@link #drain} belong to the owning worker; the inbound ring takes many writers.
 */
final class TableExchange implements TableUpdates {
    private static final int CAPACITY = 256 * 1024;

    private static final int MAC_LEARNED = 1;
    private static final int MAC_FORGOTTEN = 2;
    private static final int GROUP_JOINED = 3;
    private static final int GROUP_LEFT = 4;
    private static final int QUERIER = 5;
    private static final int ROUTER = 6;
    private static final int NEIGHBOUR = 7;

    private static final int FIRST_OFFSET = 0;
    private static final int SECOND_OFFSET = 4;
    private static final int THIRD_OFFSET = 8;
    private static final int HIGH_OFFSET = 16;
    private static final int LOW_OFFSET = 24;
    private static final int MAC_OFFSET = 32;
    private static final int LENGTH = 40;

    private final ManyToOneRingBuffer inbound = new ManyToOneRingBuffer(
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH, 64)));
    private final MessageHandler handler = this::apply;
    private ManyToOneRingBuffer[] peers = {};
    private @Nullable Tables tables;
    private long nowNs;

    /** Tells the other workers' exchanges from now on. */
    void connect(List<TableExchange> others) {
        peers = others.stream()
                .filter(other -> !other.equals(this))
                .map(other -> other.inbound)
                .toArray(ManyToOneRingBuffer[]::new);
    }

    /** Takes over what the others have told. */
    void drain(Tables into, long nowNs) {
        if (peers.length > 0) {
            tables = into;
            this.nowNs = nowNs;
            inbound.read(handler);
        }
    }

    private void tell(int type, int first, int second, int third, long high, long low, long mac) {
        for (ManyToOneRingBuffer peer : peers) {
            int index = peer.tryClaim(type, LENGTH);
            if (index > 0) {
                var buffer = peer.buffer();
                buffer.putInt(index + FIRST_OFFSET, first);
                buffer.putInt(index + SECOND_OFFSET, second);
                buffer.putInt(index + THIRD_OFFSET, third);
                buffer.putLong(index + HIGH_OFFSET, high);
                buffer.putLong(index + LOW_OFFSET, low);
                buffer.putLong(index + MAC_OFFSET, mac);
                peer.commit(index);
            }
        }
    }

    private void apply(int type, DirectBuffer buffer, int index, int length) {
        Tables into = tables;
        if (into == null) {
            return;
        }
        int first = buffer.getInt(index + FIRST_OFFSET);
        int second = buffer.getInt(index + SECOND_OFFSET);
        int third = buffer.getInt(index + THIRD_OFFSET);
        long high = buffer.getLong(index + HIGH_OFFSET);
        long low = buffer.getLong(index + LOW_OFFSET);
        long mac = buffer.getLong(index + MAC_OFFSET);
        switch (type) {
            case MAC_LEARNED -> into.macs().applyRemoteLearned(first, mac, second, third, nowNs);
            case MAC_FORGOTTEN -> into.macs().applyRemoteForgotten(first, mac, second);
            case GROUP_JOINED -> into.groups().applyRemoteJoined(first, high, low, second, nowNs);
            case GROUP_LEFT -> into.groups().applyRemoteLeft(first, high, low, second);
            case QUERIER -> into.groups().applyRemoteQuerier(first, second, nowNs);
            case ROUTER -> into.groups().applyRemoteRouter(first, second, nowNs);
            default -> into.neighbours().applyRemoteSeen(first, high, low, mac, second, nowNs);
        }
    }

    @Override
    public void macLearned(int vlan, long mac, int port, int kind) {
        tell(MAC_LEARNED, vlan, port, kind, 0, 0, mac);
    }

    @Override
    public void macForgotten(int vlan, long mac, int port) {
        tell(MAC_FORGOTTEN, vlan, port, 0, 0, 0, mac);
    }

    @Override
    public void groupJoined(int vlan, long groupHigh, long groupLow, int port) {
        tell(GROUP_JOINED, vlan, port, 0, groupHigh, groupLow, 0);
    }

    @Override
    public void groupLeft(int vlan, long groupHigh, long groupLow, int port) {
        tell(GROUP_LEFT, vlan, port, 0, groupHigh, groupLow, 0);
    }

    @Override
    public void querierHeard(int vlan, int family) {
        tell(QUERIER, vlan, family, 0, 0, 0, 0);
    }

    @Override
    public void routerHeard(int port, int family) {
        tell(ROUTER, port, family, 0, 0, 0, 0);
    }

    @Override
    public void neighbourSeen(int vlan, long ipHigh, long ipLow, long mac, int kind) {
        tell(NEIGHBOUR, vlan, kind, 0, ipHigh, ipLow, mac);
    }
}
