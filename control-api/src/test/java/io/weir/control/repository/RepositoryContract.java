package io.weir.control.repository;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What every store does, whatever it keeps its bytes in. */
abstract class RepositoryContract {
    static final Instant TIME = Instant.parse("2026-11-02T10:11:12.131415Z");

    /** A repository over what the test's earlier ones left. */
    abstract Repository open();

    static StoredDocument document(String id, String text) {
        return new StoredDocument(Kind.COMPONENT, id, text, new Origin(id + ".yaml", Map.of("", 1, "spec", 4)));
    }

    static Change change(int parent, List<StoredDocument> changed, DocumentName... removed) {
        return new Change(parent, "d" + parent, "ada", "because ü", TIME, changed, List.of(removed));
    }

    @Test
    void shouldHoldNothingWhenNew() {
        try (Repository repository = open()) {
            assertEquals(0, repository.head());
            assertEquals(Optional.empty(), repository.read(0));
            assertEquals(Optional.empty(), repository.read(1));
            assertEquals(List.of(), repository.list(Integer.MAX_VALUE, 10));
            assertEquals(Map.of(), repository.records(""));
        }
    }

    @Test
    void shouldGiveBackEveryRevisionWhenOpenedAgain() {
        try (Repository repository = open()) {
            assertEquals(1, repository.append(change(0, List.of(document("b", "b1"), document("a", "a1")))));
            assertEquals(2, repository.append(change(1, List.of(document("b", "b2")))));
            assertEquals(
                    3,
                    repository.append(change(2, List.of(document("c", "c3")), new DocumentName(Kind.COMPONENT, "a"))));
        }

        try (Repository repository = open()) {
            assertEquals(3, repository.head());
            assertEquals(List.of(document("a", "a1"), document("b", "b1")), documents(repository, 1));
            assertEquals(List.of(document("a", "a1"), document("b", "b2")), documents(repository, 2));
            assertEquals(List.of(document("b", "b2"), document("c", "c3")), documents(repository, 3));
            assertEquals(
                    List.of(
                            new RevisionInfo(3, 2, "d2", "ada", "because ü", TIME, 1, 1),
                            new RevisionInfo(2, 1, "d1", "ada", "because ü", TIME, 1, 0)),
                    repository.list(Integer.MAX_VALUE, 2));
        }
    }

    static List<StoredDocument> documents(Repository repository, int number) {
        return repository.read(number).orElseThrow().documents();
    }

    @Test
    void shouldRefuseWhenTheHeadMoved() {
        try (Repository repository = open()) {
            repository.append(change(0, List.of(document("a", "a1"))));

            RevisionMovedException moved = assertThrows(
                    RevisionMovedException.class, () -> repository.append(change(0, List.of(document("a", "a2")))));

            assertEquals(1, moved.head());
            assertEquals(1, repository.head());
            assertEquals(List.of(document("a", "a1")), documents(repository, 1));
        }
    }

    @Test
    void shouldKeepRecordsByNameWhenOpenedAgain() {
        try (Repository repository = open()) {
            repository.put("grant/1", "one");
            repository.put("grant/2", "two");
            repository.put("grants", "other");
            repository.put("grant/1", "uno");
            repository.remove("grant/2");
            repository.remove("absent");
        }

        try (Repository repository = open()) {
            assertEquals(Optional.of("uno"), repository.record("grant/1"));
            assertEquals(Optional.empty(), repository.record("grant/2"));
            assertEquals(Map.of("grant/1", "uno"), repository.records("grant/"));
            assertEquals(Map.of("grant/1", "uno", "grants", "other"), repository.records("grant"));
        }
    }

    @Test
    void shouldReadAnyRevisionWhenThereAreThousands() {
        int last = 3 * EmbeddedRepository.SNAPSHOT_REVISIONS + 17;
        try (Repository repository = open()) {
            for (int i = 0; i < last; i++) {
                repository.append(change(i, List.of(document("doc-" + i % 50, "text " + i))));
            }
        }

        try (Repository repository = open()) {
            for (int number = 1; number <= last; number += 13) {
                List<StoredDocument> read = documents(repository, number);
                assertEquals(Math.min(number, 50), read.size());
                for (int i = Math.max(0, number - 50); i < number; i++) {
                    StoredDocument wanted = document("doc-" + i % 50, "text " + i);
                    assertEquals(1, read.stream().filter(wanted::equals).count(), wanted.toString());
                }
            }
        }
    }
}
