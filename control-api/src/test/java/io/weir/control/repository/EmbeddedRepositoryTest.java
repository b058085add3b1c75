package io.weir.control.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a crash, a broken disk and a second daemon do to the file. */
@Timeout(60)
class EmbeddedRepositoryTest extends RepositoryContract {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Override
    EmbeddedRepository open() {
        return new EmbeddedRepository(folder);
    }

    private Path file() {
        return folder.resolve(EmbeddedRepository.FILE);
    }

    /** Lengths of the file after it was made and after each of two revisions and a record. */
    private List<Long> writeThree() {
        List<Long> sizes = new ArrayList<>();
        try (EmbeddedRepository repository = open()) {
            sizes.add(repository.sizeBytes());
            repository.append(change(0, List.of(document("a", "a1"), document("b", "b1"))));
            sizes.add(repository.sizeBytes());
            repository.put("setting", "on");
            sizes.add(repository.sizeBytes());
            repository.append(change(1, List.of(document("a", "a2"))));
            sizes.add(repository.sizeBytes());
        }
        return sizes;
    }

    @Test
    void shouldLoadTheLastCommittedRevisionWhenTheLastFrameIsTornAtAnyByte() throws IOException {
        List<Long> sizes = writeThree();
        byte[] whole = Files.readAllBytes(file());

        for (int length = sizes.get(2).intValue(); length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (EmbeddedRepository repository = open()) {
                assertEquals(1, repository.head(), "torn at byte " + length);
                assertEquals("on", repository.record("setting").orElseThrow());
                assertEquals(sizes.get(2), Files.size(file()));
                assertEquals(2, repository.append(change(1, List.of(document("c", "c2")))));
            }
            try (EmbeddedRepository repository = open()) {
                assertEquals(3, documents(repository, 2).size());
            }
        }
    }

    @Test
    void shouldBeginAnewWhenTheFirstStartDiedAtAnyByteOfTheHeader() throws IOException {
        writeThree();
        byte[] whole = Files.readAllBytes(file());

        for (int length = 0; length <= LogFile.HEADER_BYTES; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            try (EmbeddedRepository repository = open()) {
                assertEquals(0, repository.head());
                assertEquals(1, repository.append(change(0, List.of())));
            }
        }
    }

    @Test
    void shouldCutTheTailWhenItsBlocksWereNeverWritten() throws IOException {
        List<Long> sizes = writeThree();
        byte[] whole = Files.readAllBytes(file());

        for (int written = sizes.get(2).intValue(); written < whole.length - LogFile.FRAME_HEADER_BYTES; written++) {
            Files.write(file(), Arrays.copyOf(Arrays.copyOf(whole, written), whole.length));
            try (EmbeddedRepository repository = open()) {
                assertEquals(1, repository.head(), "zeros from byte " + written);
            }
        }
    }

    @Test
    void shouldRefuseWhenAnyAcknowledgedByteChanged() throws IOException {
        writeThree();
        byte[] whole = Files.readAllBytes(file());

        for (int at = 0; at < whole.length; at++) {
            byte[] broken = whole.clone();
            broken[at] ^= 0x10;
            Files.write(file(), broken);
            RepositoryException refused =
                    assertThrows(RepositoryException.class, this::open, "accepted with a flipped bit in byte " + at);
            assertTrue(String.valueOf(refused.getMessage()).startsWith(file().toString()), refused.getMessage());
            assertEquals(whole.length, Files.size(file()), "a refused file stays as it is");
        }
    }

    @Test
    void shouldSayWhereAndWhatToDoWhenTheMiddleIsBroken() throws IOException {
        List<Long> sizes = writeThree();
        byte[] broken = Files.readAllBytes(file());
        broken[sizes.get(1).intValue() + LogFile.FRAME_HEADER_BYTES] ^= 1;
        Files.write(file(), broken);

        RepositoryException refused = assertThrows(RepositoryException.class, this::open);

        assertEquals(
                file() + " is broken at byte " + sizes.get(1)
                        + ": a frame's payload does not match its checksum; restore the file from a copy, or give up what follows"
                        + " with truncate -s " + sizes.get(1) + ' ' + file(),
                refused.getMessage());
    }

    @Test
    void shouldRefuseWhenAFrameIsGoneFromTheMiddle() throws IOException {
        List<Long> sizes = writeThree();
        byte[] whole = Files.readAllBytes(file());
        byte[] gap = new byte[whole.length - (int) (sizes.get(2) - sizes.get(1))];
        System.arraycopy(whole, 0, gap, 0, sizes.get(1).intValue());
        int rest = whole.length - sizes.get(2).intValue();
        System.arraycopy(whole, sizes.get(2).intValue(), gap, gap.length - rest, rest);
        Files.write(file(), gap);

        assertThrows(RepositoryException.class, this::open);
    }

    @Test
    void shouldRefuseAFileOfSomebodyElse() throws IOException {
        Files.writeString(file(), "a diary, long enough to have a header\n");

        RepositoryException refused = assertThrows(RepositoryException.class, this::open);

        assertTrue(String.valueOf(refused.getMessage()).contains("is no log of Weir's"), refused.getMessage());
    }

    @Test
    void shouldRefuseASecondDaemonOnTheSameFile() {
        try (EmbeddedRepository first = open()) {
            RepositoryException refused = assertThrows(RepositoryException.class, this::open);

            assertTrue(String.valueOf(refused.getMessage()).contains("is held by another daemon"));
            assertEquals(0, first.head());
        }
    }

    @Test
    void shouldGrowByNoMoreThanTwiceWhatIsApplied() {
        List<StoredDocument> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(document("doc-" + i, "x".repeat(200)));
        }
        try (EmbeddedRepository repository = open()) {
            repository.append(change(0, many));
            long before = repository.sizeBytes();

            int revisions = 2 * EmbeddedRepository.SNAPSHOT_REVISIONS;
            for (int i = 1; i <= revisions; i++) {
                repository.append(change(i, List.of(document("doc-7", "y".repeat(200) + i))));
            }

            long perRevision = (repository.sizeBytes() - before) / revisions;
            assertTrue(perRevision < 500, "bytes a revision: " + perRevision);
        }
    }
}
