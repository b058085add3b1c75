package io.weir.datapath.firewall;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.FlowKey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class DenyTableTest {
    private static final int DENIES = 1_000_000;
    private static final int BYTES = 64;

    private final FlowKey flow = new FlowKey().transport(17, 1, 2);
    private final Denial denial = new Denial();
    private long packets;
    private long bytes;
    private long overflowed;

    private Denial random(Random random) {
        denial.sourceIdentity = random.nextInt();
        denial.destinationIdentity = random.nextInt();
        denial.rule = random.nextInt();
        denial.reason = DropReason.EGRESS_DENIED.code() + random.nextInt(4);
        denial.action = Action.DROP;
        denial.ingressPort = random.nextInt(1024);
        denial.bytes = BYTES;
        denial.nowNs++;
        return denial;
    }

    private void count(DenyRecord record) {
        packets += record.packets();
        bytes += record.bytes();
        overflowed += record.ingressPort() == DenyRecord.ANY_PORT ? record.packets() : 0;
    }

    @Test
    void shouldAccountForEveryDenialWhenNobodyReads() {
        try (DenyTable table = new DenyTable(1 << 10)) {
            Random random = new Random(0x5EED);
            for (int i = 0; i < DENIES; i++) {
                table.add(random(random), flow);
            }
            drainAll(table);
        }

        assertEquals(DENIES, packets);
        assertEquals((long) DENIES * BYTES, bytes);
        assertEquals(DENIES - 4 * (1 << 10), overflowed, "but for four pages");
    }

    @Test
    void shouldAccountForEveryDenialWhileAnotherThreadReads() throws Exception {
        try (DenyTable table = new DenyTable(1 << 12)) {
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    table.drain(this::count);
                    Thread.onSpinWait();
                }
            });
            Random random = new Random(0x5EED);
            for (int i = 0; i < DENIES; i++) {
                table.add(random(random), flow);
                if (i % 1000 == 0) {
                    table.handOver();
                }
            }
            done.set(true);
            reader.get();
            drainAll(table);
        }

        assertEquals(DENIES, packets);
    }

    private void drainAll(DenyTable table) {
        table.drain(this::count);
        if (table.handOver()) {
            table.drain(this::count);
        }
    }

    @Test
    void shouldKeepOneRowAKeyWithItsFirstAndLastTime() {
        try (DenyTable table = new DenyTable(64)) {
            Random random = new Random(1);
            random(random);
            denial.nowNs = 100;
            assertTrue(table.add(denial, flow));
            denial.nowNs = 300;
            assertTrue(!table.add(denial, flow));
            denial.action = Action.ALLOW;
            assertTrue(table.add(denial, flow), "audited is another key");
            table.handOver();

            StringBuilder rows = new StringBuilder();
            table.drain(record -> rows.append(record.packets())
                    .append(' ')
                    .append(record.firstNs())
                    .append(' ')
                    .append(record.lastNs())
                    .append('\n'));

            assertEquals("2 100 300\n1 300 300\n", rows.toString());
            assertEquals(0, table.drain(this::count));
        }
    }
}
