package io.weir.identity.component;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.ListIterator;
import java.util.RandomAccess;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * All documents of one revision, in the order of kind and id. Grants are no part of it: a rollback must neither revive nor end
 * them.
 *
 * <p>A changed set shares the documents of the one it was made from; making it copies an array of references, and
 * hashes only what is new.
 *
 * <p>Threading: immutable.
 */
public final class PolicySet {
    /** Behind every id: no id holds this character. */
    private static final String LAST = String.valueOf(Character.MAX_VALUE);

    public static final PolicySet EMPTY = new PolicySet(new Entry[0]);

    private final Entry[] entries; // by kind, then by id
    private final List<Document> documents = new View();
    private volatile @Nullable String digest; // made when first asked; whoever comes second makes the same

    private PolicySet(Entry[] entries) {
        this.entries = entries;
    }

    /** The documents of the entries. */
    private final class View extends AbstractList<Document> implements RandomAccess {
        @Override
        public Document get(int index) {
            return entries[index].document;
        }

        @Override
        public int size() {
            return entries.length;
        }
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
    public List<Document> documents() {
        return documents;
    }

    /** The documents of one kind, by id. */
    public List<Document> documents(Kind kind) {
        return documents.subList(first(kind), last(kind));
    }

    private int first(Kind kind) {
        return ~place(kind, "");
    }

    private int last(Kind kind) {
        return ~place(kind, LAST);
    }

    public @Nullable Document get(Kind kind, String id) {
        int place = place(kind, id);
        return place < 0 ? null : entries[place].document;
    }

    /** Where the document stands, or the complement of where it would. */
    private int place(Kind kind, String id) {
        int first = 0;
        int end = entries.length;
        while (first < end) {
            int middle = (first + end) >>> 1;
            Document document = entries[middle].document;
            int order = document.kind().compareTo(kind);
            if (order == 0) {
                order = document.id().compareTo(id);
            }
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        return ~first;
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
        SortedMap<Key, Entry> fresh = new TreeMap<>();
        for (Document document : changed) {
            if (document.kind() == Kind.GRANT) {
                throw new IllegalArgumentException("a grant belongs to no revision: was " + document.id());
            }
            fresh.put(Key.of(document), new Entry(document));
        }
        return new PolicySet(merged(fresh.values()));
    }

    private Entry[] merged(Collection<Entry> fresh) {
        Entry[] next = new Entry[entries.length + fresh.size()];
        int count = 0;
        int taken = 0; // of ours
        for (Entry entry : fresh) {
            int place = place(entry.document.kind(), entry.document.id());
            int end = place < 0 ? ~place : place;
            System.arraycopy(entries, taken, next, count, end - taken);
            count += end - taken;
            next[count++] = entry;
            taken = place < 0 ? end : end + 1;
        }
        System.arraycopy(entries, taken, next, count, entries.length - taken);
        return Arrays.copyOf(next, count + entries.length - taken);
    }

    /** This set without one document; the same set when it has no such. */
    public PolicySet without(Kind kind, String id) {
        int place = place(kind, id);
        if (place < 0) {
            return this;
        }
        Entry[] next = Arrays.copyOf(entries, entries.length - 1);
        System.arraycopy(entries, place + 1, next, place, next.length - place);
        return new PolicySet(next);
    }

    /**
     * SHA-256, in hex, over the SHA-256 of each document, which is over its kind, its id, each closed by a zero byte, and its
     * canonical text: equal for sets that say the same, wherever they were read from.
     */
    public String digest() {
        String known = digest;
        if (known == null) {
            MessageDigest whole = sha256();
            for (Entry entry : entries) {
                whole.update(entry.digest());
            }
            known = HexFormat.of().formatHex(whole.digest());
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
