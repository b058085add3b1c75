package io.weir.identity.component;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.ListIterator;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * All documents of one revision, in the order of kind and id. Grants are no part of it: a rollback must neither revive nor end
 * them.
 *
 * <p>A changed set shares the documents of the one it was made from; making it costs time in proportion to their number, some
 * tens of nanoseconds each, and hashes only what is new.
 *
 * <p>Threading: immutable.
 */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(new TreeMap<>());

    private static final int DIGEST_LENGTH = 32;

    private final NavigableMap<Key, Entry> entries;
    private final List<Document> documents;
    private volatile @Nullable String digest; // made when first asked; whoever comes second makes the same

    private PolicySet(NavigableMap<Key, Entry> entries) {
        this.entries = entries;
        this.documents = entries.values().stream().map(Entry::document).toList();
    }

    private record Key(Kind kind, String id) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::kind).thenComparing(Key::id);

        static Key of(Document document) {
            return new Key(document.kind(), document.id());
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** A document and its SHA-256, which the sets that share it share too. */
    private static final class Entry {
        private final Document document;
        private volatile byte @Nullable [] digest;

        Entry(Document document) {
            this.document = document;
        }

        Document document() {
            return document;
        }

        byte[] digest() {
            byte[] known = digest;
            if (known == null) {
                String whole = document.kind().word() + '\0' + document.id() + '\0' + document.text();
                known = sha256().digest(whole.getBytes(StandardCharsets.UTF_8));
                digest = known;
            }
            return known;
        }
    }

    /** Every document, by kind, then by id. */
    public Collection<Document> documents() {
        return documents;
    }

    /** The documents of one kind, by id. */
    public Collection<Document> documents(Kind kind) {
        return documents.stream().filter(document -> document.kind() == kind).toList();
    }

    public @Nullable Document get(Kind kind, String id) {
        Entry entry = entries.get(new Key(kind, id));
        return entry == null ? null : entry.document;
    }

    /** The documents that the other set does not hold, or holds with another text, by kind, then by id. */
    public List<Document> notIn(PolicySet other) {
        List<Document> changed = new ArrayList<>();
        ListIterator<Document> theirs = other.documents.listIterator();
        for (Document ours : documents) {
            int order = -1;
            Document same = null;
            while (theirs.hasNext() && order < 0) {
                same = theirs.next();
                order = Key.of(same).compareTo(Key.of(ours));
            }
            if (order > 0) {
                theirs.previous();
            }
            if (order != 0 || same == null || !same.text().equals(ours.text())) {
                changed.add(ours);
            }
        }
        return changed;
    }

    /**
     * This set with documents added, or put in the place of those that have their kind and id; of two such among the changed,
     * the later stays.
     *
     * @throws IllegalArgumentException when one of them is a grant
     */
    public PolicySet with(Collection<Document> changed) {
        NavigableMap<Key, Entry> next = new TreeMap<>(entries);
        for (Document document : changed) {
            if (document.kind() == Kind.GRANT) {
                throw new IllegalArgumentException("a grant belongs to no revision: was " + document.id());
            }
            next.put(Key.of(document), new Entry(document));
        }
        return new PolicySet(next);
    }

    /** This set without one document; the same set when it has no such. */
    public PolicySet without(Kind kind, String id) {
        Key key = new Key(kind, id);
        if (!entries.containsKey(key)) {
            return this;
        }
        NavigableMap<Key, Entry> next = new TreeMap<>(entries);
        next.remove(key);
        return new PolicySet(next);
    }

    /**
     * SHA-256, in hex, over the SHA-256 of each document, which is over its kind, its id, each closed by a zero byte, and its
     * canonical text: equal for sets that say the same, wherever they were read from.
     */
    public String digest() {
        String known = digest;
        if (known == null) {
            ByteBuffer digests = ByteBuffer.allocate(entries.size() * DIGEST_LENGTH);
            entries.values().forEach(entry -> digests.put(entry.digest()));
            known = HexFormat.of().formatHex(sha256().digest(digests.array()));
            digest = known;
        }
        return known;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
