package io.weir.control.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.weir.control.repository.Repository;
import io.weir.control.repository.RepositoryException;
import io.weir.control.repository.Revision;
import io.weir.control.repository.StoredDocument;
import io.weir.identity.component.Document;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.ProblemException;
import io.weir.identity.manifest.ManifestReader;

/**
 * Stored revisions as sets of documents.
 *
 * <p>Threading: any thread; the repository serialises.
 */
final class Revisions {
    private final Repository repository;

    Revisions(Repository repository) {
        this.repository = repository;
    }

    /**
     * The documents of a revision.
     *
     * @param known documents that need not be read again where their text is the same
     * @throws UnknownException when there is no such revision
     */
    PolicySet documents(int number, PolicySet known) {
        if (number == 0) {
            return PolicySet.EMPTY;
        }
        Revision revision = repository.read(number).orElseThrow(() -> unknown(number));
        Stream<StoredDocument> stored = revision.documents().parallelStream();
        List<Document> documents = new ArrayList<>(
                stored.map(document -> document(document, known)).toList());
        return PolicySet.EMPTY.with(documents);
    }

    private UnknownException unknown(int number) {
        return new UnknownException(
                "no such revision: was " + number + "; weir history lists 1 to " + repository.head());
    }

    private static Document document(StoredDocument stored, PolicySet known) {
        Document present = known.get(stored.kind(), stored.id());
        boolean same = present != null
                && present.text().equals(stored.text())
                && present.origin().equals(stored.origin());
        return present != null && same ? present : read(stored);
    }

    /** The document that was stored, at the place where it stood then. */
    static Document read(StoredDocument stored) {
        try {
            Document read = ManifestReader.read("stored " + stored.name(), stored.text())
                    .getFirst();
            return new Document(read.kind(), read.id(), read.body(), stored.text(), stored.origin());
        } catch (ProblemException odd) {
            throw new RepositoryException(
                    stored.name() + " is stored and cannot be read by this version: " + odd.getMessage()
                            + "; start the version that stored it",
                    odd);
        }
    }
}
