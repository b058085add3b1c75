package io.weir.control.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.control.repository.DocumentName;
import io.weir.control.repository.StoredDocument;
import io.weir.identity.component.Document;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;

/**
 * How one set of documents became another.
 *
 * @param after the other set
 * @param changes by kind and id
 */
record SetChange(PolicySet after, List<ApplyResult.Changed> changes) {
    /**
     * Documents added or replaced, and others removed; what is not named stays.
     *
     * @throws ProblemException when one is there twice
     * @throws UnknownException when one to be removed is not there
     */
    static SetChange of(PolicySet before, List<Document> documents, List<DocumentName> removed) {
        refuseTwice(documents);
        List<ApplyResult.Changed> changes = new ArrayList<>();
        List<Document> changed = new ArrayList<>();
        for (Document document : documents) {
            int known = changes.size();
            add(changes, document, before.get(document.kind(), document.id()));
            if (changes.size() > known) {
                changed.add(document);
            }
        }
        PolicySet after = changed.isEmpty() ? before : before.with(changed);
        for (DocumentName name : removed) {
            if (before.get(name.kind(), name.id()) == null) {
                throw new UnknownException("no such document: was " + name + "; weir show HEAD lists them");
            }
            after = after.without(name.kind(), name.id());
            changes.add(new ApplyResult.Changed(name, ApplyResult.What.REMOVED));
        }
        changes.sort((a, b) -> a.name().compareTo(b.name()));
        return new SetChange(after, changes);
    }

    private static void refuseTwice(List<Document> documents) {
        Map<DocumentName, Document> first = new HashMap<>();
        List<Problem> twice = new ArrayList<>();
        for (Document document : documents) {
            Document other = first.putIfAbsent(new DocumentName(document.kind(), document.id()), document);
            if (other != null) {
                twice.add(new Problem(
                        document.origin().source(),
                        document.origin().line(""),
                        "metadata.id",
                        document.title() + " is here twice: also at "
                                + other.origin().source() + ':' + other.origin().line(""),
                        "keep one of them"));
            }
        }
        if (!twice.isEmpty()) {
            throw new ProblemException(twice);
        }
    }

    /** Compares all documents. */
    static SetChange between(PolicySet before, PolicySet after) {
        List<ApplyResult.Changed> changes = new ArrayList<>();
        for (Document document : after.documents()) {
            add(changes, document, before.get(document.kind(), document.id()));
        }
        for (Document document : before.documents()) {
            if (after.get(document.kind(), document.id()) == null) {
                changes.add(new ApplyResult.Changed(name(document), ApplyResult.What.REMOVED));
            }
        }
        changes.sort((a, b) -> a.name().compareTo(b.name()));
        return new SetChange(after, changes);
    }

    /** Documents that say the same, from another place, are the same. */
    private static void add(List<ApplyResult.Changed> changes, Document document, @Nullable Document former) {
        if (former == null) {
            changes.add(new ApplyResult.Changed(name(document), ApplyResult.What.ADDED));
        } else if (!former.text().equals(document.text())) {
            changes.add(new ApplyResult.Changed(name(document), ApplyResult.What.CHANGED));
        }
    }

    private static DocumentName name(Document document) {
        return new DocumentName(document.kind(), document.id());
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Documents to be stored. */
    List<StoredDocument> stored() {
        List<StoredDocument> stored = new ArrayList<>();
        for (ApplyResult.Changed change : changes) {
            Document document = after.get(change.name().kind(), change.name().id());
            if (document != null) {
                stored.add(StoredDocument.of(document));
            }
        }
        return stored;
    }

    /** Names to be forgotten. */
    List<DocumentName> removed() {
        return changes.stream()
                .filter(change -> change.what() == ApplyResult.What.REMOVED)
                .map(ApplyResult.Changed::name)
                .toList();
    }
}
