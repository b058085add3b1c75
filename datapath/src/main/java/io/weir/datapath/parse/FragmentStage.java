package io.weir.datapath.parse;

import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.wire.Ipv4Header;
import io.weir.datapath.wire.Ipv6ExtensionChain;
import io.weir.datapath.wire.Ipv6Header;

import static io.weir.datapath.wire.NetworkOrder.*;

/**
 * Drops fragments that overlap others of their datagram, and those of a datagram that had an overlap (RFC 5722 section 4,
 * which is applied to IPv4 as well). Stands behind the parse stage, which has checked each fragment by itself.
 *
 * <p>Threading: one instance a worker; {@link #close} when the worker has stopped.
 */
public final class FragmentStage implements Stage, AutoCloseable {
    /** Datagrams under way at a time, over all ports of the worker. */
    public static final int CAPACITY = 1024;

    /** Datagrams under way at a time from one port. */
    public static final int PORT_QUOTA = 64;

    private static final int FRAGMENT_HEADER_LENGTH = 8;

    private static final Set<DropReason> REASONS = Set.of(DropReason.FRAGMENT_OVERLAP, DropReason.FRAGMENT_TABLE_FULL);

    private final FragmentTable table;
    private final FragmentKey key = new FragmentKey();
    private final Ipv6ExtensionChain chain = new Ipv6ExtensionChain();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);

    public FragmentStage() {
        this(CAPACITY, PORT_QUOTA);
    }

    /** A stage that follows {@code capacity} datagrams at a time, {@code portQuota} of one port; 1,088 bytes each. */
    public FragmentStage(int capacity, int portQuota) {
        table = new FragmentTable(capacity, portQuota);
    }

    @Override
    public String name() {
        return "fragments";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return REASONS;
    }

    /** Datagrams under way now. */
    public int datagrams() {
        return table.size();
    }

    @Override
    public void process(PacketBatch batch) {
        table.expire(batch.nowNs());
        for (int i = 0; i < batch.count(); i++) {
            if (batch.is(i, PacketBatch.IS_FRAGMENT) && batch.forwarded(i)) {
                int reason = admit(batch, i);
                if (reason != DropReason.NONE) {
                    batch.drop(i, reason);
                }
            }
        }
    }

    private int admit(PacketBatch batch, int i) {
        batch.wrap(i, frame);
        return batch.is(i, PacketBatch.IS_IPV4) ? ipv4(batch, i) : ipv6(batch, i);
    }

    private int ipv4(PacketBatch batch, int i) {
        int header = batch.networkOffset(i);
        key.ipv4(frame, header, batch.ingressPort(), batch.outerTag(i), batch.label(i));
        int first = u16(frame, header + Ipv4Header.FRAGMENT_OFFSET) & Ipv4Header.FRAGMENT_OFFSET_MASK;
        int length = batch.packetLength(i) - Ipv4Header.headerLength(frame, header);
        return admit(batch, i, first, length);
    }

    private int ipv6(PacketBatch batch, int i) {
        int header = batch.networkOffset(i);
        int next = u8(frame, header + Ipv6Header.NEXT_HEADER_OFFSET);
        int limit = header + batch.packetLength(i);
        // The parse stage has walked the same chain without a fault.
        chain.walk(frame, next, header + Ipv6Header.LENGTH, limit);
        int fragmentHeader = chain.fragmentHeader();
        int identification = Ipv6ExtensionChain.identification(frame, fragmentHeader);
        key.ipv6(frame, header, identification, batch.ingressPort(), batch.outerTag(i), batch.label(i));
        return admit(batch, i, chain.fragmentOffset() >>> 3, limit - fragmentHeader - FRAGMENT_HEADER_LENGTH);
    }

    // The last fragment may end inside a unit of eight bytes.
    private int admit(PacketBatch batch, int i, int firstUnit, int length) {
        boolean last = !batch.is(i, PacketBatch.MORE_FRAGMENTS);
        int endUnit = firstUnit + ((length + 7) >>> 3);
        return table.admit(key, batch.ingressPort(), batch.nowNs(), firstUnit, endUnit, last);
    }

    @Override
    public void close() {
        table.close();
    }
}
