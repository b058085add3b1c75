package io.weir.control.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.weir.control.audit.AuditException;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.DenyEntry;
import io.weir.control.audit.FlowEnds;
import io.weir.control.audit.RuleName;
import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowRecord;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The journal on a real file system; only free space is made up. */
@Timeout(120)
class FlowJournalTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final long MIB = 1L << 20;
    private static final long WAIT_MS = 30_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final AtomicLong freeBytes = new AtomicLong(Long.MAX_VALUE);
    private final List<FlowRecord> heard = new ArrayList<>();

    private JournalSettings settings(long maxBytes) {
        return new JournalSettings(folder.resolve("journal"), maxBytes, Duration.ofDays(7), 64 * MIB);
    }

    private FlowJournal open(long maxBytes) {
        FlowJournal journal = new FlowJournal(settings(maxBytes), Clock.systemUTC(), freeBytes::get, heard::add);
        journal.start();
        return journal;
    }

    private static DenyEntry deny(long packets, Instant time) {
        return new DenyEntry(
                "web.front",
                "pay.db",
                RuleName.NONE,
                "ingress-no-rule",
                "vm1",
                "drop",
                packets,
                packets * 60,
                time,
                time,
                7,
                new FlowEnds(6, 0, 0xFFFF_0A00_0001L, 31_793, 0, 0xFFFF_0A00_0002L, 8080, 10, 0));
    }

    private static FlowRecord.Builder flow(Instant time) {
        return JournalMessages.record(FlowKind.FLOW_KIND_ENDED, time).setDetail("x".repeat(200));
    }

    private List<FlowRecord> read(Instant since) {
        List<FlowRecord> records = new ArrayList<>();
        try (JournalReader reader = new JournalReader(folder.resolve("journal"), since)) {
            for (FlowRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
        }
        return records;
    }

    private static void settle(FlowJournal journal) throws InterruptedException {
        assertTrue(journal.awaitWritten(journal.sequence(), WAIT_MS), journal.problem());
    }

    @Test
    void shouldReadBackWhatWasWrittenInOrder() throws Exception {
        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(3, NOON));
            journal.change(new ChangeEntry(NOON, ChangeEntry.Kind.REVISION, "root", "", 4, 8, "sha256:00"));
            assertTrue(journal.telemetry(flow(NOON)));
            settle(journal);

            List<FlowRecord> records = read(Instant.EPOCH);

            assertEquals(heard, records);
            assertEquals(
                    List.of(FlowKind.FLOW_KIND_DENIES, FlowKind.FLOW_KIND_CHANGE, FlowKind.FLOW_KIND_ENDED),
                    records.stream().map(FlowRecord::getKind).toList());
            assertEquals("10.0.0.1", records.getFirst().getSource().getAddress());
            assertEquals("ingress", records.getFirst().getSide());
        }
    }

    @Test
    void shouldKeepRecordsOfAnEarlierDaemonAndFilterByTime() throws Exception {
        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(1, NOON));
        }
        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(2, NOON.plusSeconds(60)));
            settle(journal);

            assertEquals(2, read(Instant.EPOCH).size());
            assertEquals(2, read(NOON.plusSeconds(1)).getFirst().getPackets());
            assertEquals(List.of(), read(NOON.plusSeconds(61)));
        }
        assertTrue(heard.get(0).getSequence() < heard.get(1).getSequence());
    }

    @Test
    void shouldFollowWhatIsWrittenAfterTheEndWasReached() throws Exception {
        try (FlowJournal journal = open(16 * MIB);
                JournalReader reader = new JournalReader(folder.resolve("journal"), Instant.EPOCH)) {
            assertEquals(null, reader.next());
            journal.denies(deny(1, NOON));
            settle(journal);
            assertEquals(heard.get(0), reader.next());
            assertEquals(null, reader.next());

            journal.denies(deny(2, NOON));
            settle(journal);

            assertEquals(heard.get(1), reader.next());
        }
    }

    @Test
    void shouldStayWithinItsSizeAndKeepTheNewest() throws Exception {
        long maxBytes = 8 * MIB;
        try (FlowJournal journal = open(maxBytes)) {
            for (int i = 0; i < 100_000; i++) {
                while (!journal.telemetry(flow(NOON.plusMillis(i)))) {
                    settle(journal);
                }
                if (i % 5_000 == 0) {
                    settle(journal);
                    assertTrue(size() <= maxBytes + MIB, "the journal has " + size() + " bytes");
                }
            }
            settle(journal);

            List<FlowRecord> records = read(Instant.EPOCH);

            assertEquals(heard.getLast(), records.getLast());
            assertTrue(records.size() * 220L > maxBytes / 2, "only " + records.size() + " records are left");
            assertTrue(records.size() < 100_000, "nothing was removed");
        }
    }

    private long size() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    @Test
    void shouldRemoveSegmentsThatAreTooOld() throws Exception {
        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(1, NOON));
        }
        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(2, NOON));
            settle(journal);
            journal.denies(deny(3, NOON));
        }
        Path old = Segments.in(folder.resolve("journal")).getFirst();
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));

        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(4, NOON));
            settle(journal);

            assertFalse(Files.exists(old));
            assertEquals(
                    List.of(2L, 3L, 4L),
                    read(Instant.EPOCH).stream().map(FlowRecord::getPackets).toList());
        }
    }

    @Test
    void shouldShedOnlyTelemetryAndRecordHowMuchWhenTheDiskIsFull() throws Exception {
        try (FlowJournal journal = open(16 * MIB)) {
            journal.denies(deny(1, NOON));
            settle(journal);
            freeBytes.set(MIB);
            fillUntilProblem(journal);
            long shedBefore = journal.shed();

            assertFalse(journal.telemetry(flow(NOON)));
            assertFalse(journal.telemetry(flow(NOON)));
            journal.denies(deny(5, NOON));

            assertEquals(shedBefore + 2, journal.shed());
            assertTrue(journal.problem().contains("MiB free"), journal.problem());
            freeBytes.set(Long.MAX_VALUE);
            settle(journal);
            assertEquals("", journal.problem());
            List<FlowRecord> records = read(Instant.EPOCH);
            assertTrue(records.stream()
                    .anyMatch(record -> record.getPackets() == 5 && record.getKind() == FlowKind.FLOW_KIND_DENIES));
            long told = records.stream()
                    .filter(record -> record.getKind() == FlowKind.FLOW_KIND_SHED)
                    .mapToLong(FlowRecord::getPackets)
                    .sum();
            assertEquals(journal.shed(), told);
        }
    }

    /** The writer looks at the disk every few hundred records. */
    private static void fillUntilProblem(FlowJournal journal) throws InterruptedException {
        while (journal.problem().isEmpty()) {
            boolean _ = journal.telemetry(flow(NOON));
            boolean _ = journal.awaitWritten(journal.sequence(), 5);
        }
    }

    @Test
    void shouldRefuseDeniesRatherThanLoseThemWhenNothingCanBeWritten() throws Exception {
        freeBytes.set(0);
        try (FlowJournal journal = open(16 * MIB)) {
            AuditException refused = assertThrows(AuditException.class, () -> {
                for (int i = 0; i <= FlowJournal.CAPACITY; i++) {
                    journal.denies(deny(1, NOON));
                }
            });

            assertTrue(String.valueOf(refused.getMessage()).length() > 0);
            long taken = heard.size();
            freeBytes.set(Long.MAX_VALUE);
            settle(journal);
            assertEquals(
                    taken,
                    read(Instant.EPOCH).stream()
                            .filter(record -> record.getKind() == FlowKind.FLOW_KIND_DENIES)
                            .count());
        }
    }

    @Test
    void shouldTellAndSkipDamageAndGoOn() throws Exception {
        for (int life = 0; life < 3; life++) {
            try (FlowJournal journal = open(16 * MIB)) {
                for (int i = 0; i < 1_000; i++) {
                    journal.denies(deny(life * 1_000 + i, NOON));
                }
            }
        }
        List<Path> segments = Segments.in(folder.resolve("journal"));
        assertEquals(3, segments.size());
        damage(segments.get(1), 500);

        List<String> damages = new ArrayList<>();
        List<Long> packets = new ArrayList<>();
        try (JournalReader reader = new JournalReader(folder.resolve("journal"), Instant.EPOCH)) {
            for (FlowRecord record = reader.next(); record != null; record = reader.next()) {
                packets.add(record.getPackets());
            }
            damages.addAll(reader.damages());
        }

        assertFalse(damages.isEmpty());
        assertTrue(damages.toString().contains(segments.get(1).getFileName().toString()), damages.toString());
        assertEquals(1_000, packets.stream().filter(count -> count < 1_000).count());
        assertEquals(1_000, packets.stream().filter(count -> count >= 2_000).count());
        long middle = packets.stream()
                .filter(count -> count >= 1_000 && count < 2_000)
                .count();
        assertTrue(middle > 0 && middle < 1_000, middle + " records of the damaged segment");
    }

    /** Overwrites a record and those behind it. */
    private static void damage(Path segment, int record) throws IOException {
        String text = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1);
        int at = 0;
        for (int i = 0; i < record; i++) {
            at = text.indexOf("web.front", at + 1);
        }
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(at);
            file.write("damage".repeat(100).getBytes(StandardCharsets.US_ASCII));
        }
    }
}
