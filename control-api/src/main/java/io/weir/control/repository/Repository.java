package io.weir.control.repository;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Where revisions are kept, and small records with a name beside them. What a method has acknowledged by returning is there
 * after a crash at any later point.
 *
 * <p>Threading: any thread; an implementation serialises. Methods may wait for a disk or a network, so that nobody calls them
 * on a worker.
 */
public interface Repository extends AutoCloseable {
    /** Number of the newest revision, 0 while there is none. */
    int head();

    /**
     * Appends a revision.
     *
     * @return its number
     * @throws RevisionMovedException when the parent is not the head; nothing is appended then
     * @throws RepositoryException when it cannot be written
     */
    int append(Change change);

    /** The revision with that number and all its documents; empty when there is none. */
    Optional<Revision> read(int number);

    /** Revisions from {@code newest} downwards, at most {@code limit}. */
    List<RevisionInfo> list(int newest, int limit);

    /** The record of that name. */
    Optional<String> record(String name);

    /** The records whose names begin so, by name. */
    SortedMap<String, String> records(String prefix);

    /** Keeps a record, in place of the one of that name. */
    void put(String name, String value);

    /** Forgets a record; nothing happens when there is none. */
    void remove(String name);

    @Override
    void close();
}
