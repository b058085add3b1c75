package io.weir.identity.component;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
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

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** A document and the SHA-256 of its text, which the sets that share it share too. */
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
                known = sha256().digest(document.text().getBytes(StandardCharsets.UTF_8));
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
            next.put(new Key(document.kind(), document.id()), new Entry(document));
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
     * SHA-256, in hex, over each document's kind, id and SHA-256 of its canonical text, each word closed by a zero byte: equal
     * for sets that say the same, wherever they were read from.
     */
    public String digest() {
        String known = digest;
        if (known == null) {
            MessageDigest sha256 = sha256();
            entries.forEach((key, entry) -> {
                sha256.update((key.kind.word() + '\0' + key.id + '\0').getBytes(StandardCharsets.UTF_8));
                sha256.update(entry.digest());
            });
            known = HexFormat.of().formatHex(sha256.digest());
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
