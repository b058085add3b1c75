package io.weir.control.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A repository in one file, {@code policy.log} in its folder.
 *
 * <p>A revision's frame holds what differs from its parent, so that a small change to a large policy stays a small write. From
 * time to time a snapshot of all documents follows, when at least {@link #SNAPSHOT_REVISIONS} revisions and as many bytes as
 * the last snapshot had came since: reading any revision replays no more than that, and snapshots at most double the file.
 *
 * <p>The file only grows: by the size of what is applied, twice at most. Nothing is compacted.
 *
 * <p>Threading: any thread; guarded by its own lock, which is held while the disk works.
 */
public final class EmbeddedRepository implements Repository {
    /** Name of the file. */
    public static final String FILE = "policy.log";

    static final int SNAPSHOT_REVISIONS = 256;

    /** Where a revision stands: {@code offsets[number - 1]}. */
    private final List<Entry> revisions = new ArrayList<>();

    private final TreeMap<Integer, Long> snapshots = new TreeMap<>();
    private final TreeMap<String, String> records = new TreeMap<>();
    private final LogFile file;
    private int revisionsSinceSnapshot;
    private long bytesSinceSnapshot;
    private long snapshotBytes;

    private record Entry(RevisionInfo info, long offset) {}

    /**
     * Opens the file below the folder; both are made when absent.
     *
     * @throws RepositoryException when the folder cannot be used, another daemon holds the file, or the file is broken
     */
    public EmbeddedRepository(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
            }
        } catch (IOException refused) {
            throw new RepositoryException(
                    "dataDir " + folder + " cannot be made: " + refused + "; name another one in weir.yaml", refused);
        }
        Path path = folder.resolve(FILE);
        this.file = LogFile.open(path, (offset, type, payload) -> take(path, offset, type, payload));
    }

    private void take(Path path, long offset, int type, byte[] payload) {
        try {
            switch (type) {
                case Records.REVISION -> note(Records.revision(payload).info(), offset, payload.length);
                case Records.SNAPSHOT -> noteSnapshot(Records.number(payload), offset, payload.length);
                case Records.PUT -> {
                    List<String> texts = Records.texts(payload, 2);
                    records.put(texts.get(0), texts.get(1));
                }
                case Records.REMOVE -> records.remove(Records.texts(payload, 1).getFirst());
                default -> throw new IOException("unknown type of frame: " + type);
            }
        } catch (IOException odd) {
            throw new RepositoryException(
                    path + " is of another version at byte " + offset + ": " + odd.getMessage()
                            + "; start the version that wrote it",
                    odd);
        }
    }

    private void note(RevisionInfo info, long offset, int bytes) throws IOException {
        if (info.number() != revisions.size() + 1 || info.parent() != revisions.size()) {
            throw new IOException("revision " + info.number() + " follows " + revisions.size());
        }
        revisions.add(new Entry(info, offset));
        if (info.parent() == 0) {
            snapshotBytes = bytes;
        } else {
            revisionsSinceSnapshot++;
            bytesSinceSnapshot += bytes;
        }
    }

    private void noteSnapshot(int number, long offset, int bytes) {
        snapshots.put(number, offset);
        revisionsSinceSnapshot = 0;
        bytesSinceSnapshot = 0;
        snapshotBytes = bytes;
    }

    @Override
    public synchronized int head() {
        return revisions.size();
    }

    @Override
    public synchronized int append(Change change) {
        int number = revisions.size() + 1;
        if (change.parent() != revisions.size()) {
            throw new RevisionMovedException(change.parent(), revisions.size());
        }
        byte[] payload = Records.revision(number, change);
        long offset = file.append(Records.REVISION, payload);
        try {
            note(new Records.Delta(number, change).info(), offset, payload.length);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (revisionsSinceSnapshot >= SNAPSHOT_REVISIONS && bytesSinceSnapshot >= snapshotBytes) {
            snapshot(number);
        }
        return number;
    }

    private void snapshot(int number) {
        byte[] payload = Records.snapshot(number, documents(number));
        noteSnapshot(number, file.append(Records.SNAPSHOT, payload), payload.length);
    }

    @Override
    public synchronized Optional<Revision> read(int number) {
        if (number < 1 || number > revisions.size()) {
            return Optional.empty();
        }
        return Optional.of(new Revision(revisions.get(number - 1).info(), documents(number)));
    }

    /** From the nearest snapshot, forwards. */
    private List<StoredDocument> documents(int number) {
        TreeMap<DocumentName, StoredDocument> documents = new TreeMap<>();
        Map.Entry<Integer, Long> base = snapshots.floorEntry(number);
        try {
            if (base != null) {
                Records.snapshot(file.read(base.getValue()))
                        .documents()
                        .forEach(document -> documents.put(document.name(), document));
            }
            for (int next = base == null ? 1 : base.getKey() + 1; next <= number; next++) {
                Change change = Records.revision(
                                file.read(revisions.get(next - 1).offset()))
                        .change();
                change.removed().forEach(documents::remove);
                change.changed().forEach(document -> documents.put(document.name(), document));
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("a frame that was read before cannot be read", impossible);
        }
        return List.copyOf(documents.values());
    }

    @Override
    public synchronized List<RevisionInfo> list(int newest, int limit) {
        List<RevisionInfo> listed = new ArrayList<>();
        for (int number = Math.min(newest, revisions.size()); number > 0 && listed.size() < limit; number--) {
            listed.add(revisions.get(number - 1).info());
        }
        return listed;
    }

    @Override
    public synchronized Optional<String> record(String name) {
        return Optional.ofNullable(records.get(name));
    }

    @Override
    public synchronized SortedMap<String, String> records(String prefix) {
        return new TreeMap<>(records.subMap(prefix, prefix + Character.MAX_VALUE));
    }

    @Override
    public synchronized void put(String name, String value) {
        long _ = file.append(Records.PUT, Records.texts(name, value));
        records.put(name, value);
    }

    @Override
    public synchronized void remove(String name) {
        if (records.containsKey(name)) {
            long _ = file.append(Records.REMOVE, Records.texts(name));
            records.remove(name);
        }
    }

    /** Bytes in the file. */
    public synchronized long sizeBytes() {
        return file.sizeBytes();
    }

    /**
     * After a start that failed: removes the file and takes nothing more, if the file was made and has nothing that was applied.
     * {@link #close} comes next.
     *
     * @param unasked names of records that nobody asked for
     * @throws IOException when it cannot be removed
     */
    public synchronized void discard(Set<String> unasked) throws IOException {
        if (revisions.isEmpty() && unasked.containsAll(records.keySet())) {
            file.discard();
        }
    }

    @Override
    public synchronized void close() {
        file.close();
    }
}
