package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Document;
import io.weir.identity.component.Kind;
import io.weir.identity.component.PolicySet;

/** What of the documents is new, has changed or is gone since the last success. */
@SuppressWarnings("ReferenceEquality") // what has not changed is the same object
final class DocumentChanges {
    private final PolicySet documents;
    private final CompilerState last;
    private final List<Document> components;
    private final @Nullable CompiledComponent[]
            kept; // of the component documents, null for those that are new or changed
    private final List<Document> changed = new ArrayList<>();
    private final List<CompiledComponent> gone = new ArrayList<>();
    private final boolean groupsChanged;
    private boolean removed;

    DocumentChanges(PolicySet documents, CompilerState last) {
        this.documents = documents;
        this.last = last;
        components = documents.documents(Kind.COMPONENT);
        kept = new CompiledComponent[components.size()];
        List<Document> groups = documents.documents(Kind.GROUP);
        groupsChanged = !same(groups, last.groups());
        removed = last.groups().stream().anyMatch(group -> documents.get(Kind.GROUP, group.id()) == null);
        compareComponents();
        Stream.concat(groups.stream(), documents.documents(Kind.RULE_SET).stream())
                .filter(document -> last.documents().get(document.kind(), document.id()) != document)
                .forEach(changed::add);
    }

    /** Documents come in the order of the last time. */
    private void compareComponents() {
        int then = 0;
        for (int i = 0; i < kept.length; i++) {
            Document document = components.get(i);
            while (then < last.order().length && precedes(last.order()[then], document)) {
                goes(last.order()[then++]);
            }
            CompiledComponent before = then < last.order().length ? last.order()[then] : null;
            if (before != null && before.document() == document) {
                kept[i] = before;
                then++;
            } else {
                changed.add(document);
            }
        }
        while (then < last.order().length) {
            goes(last.order()[then++]);
        }
    }

    private static boolean precedes(CompiledComponent before, Document document) {
        return before.document() != document && before.document().id().compareTo(document.id()) < 0;
    }

    private void goes(CompiledComponent before) {
        gone.add(before);
        removed |= documents.get(Kind.COMPONENT, before.document().id()) == null;
    }

    /** Whether both have the same objects in the same order. */
    static boolean same(List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** All component documents, by id. */
    List<Document> components() {
        return components;
    }

    /** What the component document of that place was compiled to, null when it is new or has changed. */
    @Nullable
    CompiledComponent kept(int place) {
        return kept[place];
    }

    /** Documents that are new or have changed. */
    List<Document> changed() {
        return changed;
    }

    /** Components whose document was changed or removed. */
    List<CompiledComponent> gone() {
        return gone;
    }

    /** Whether a document that others may refer to was removed. */
    boolean removed() {
        return removed;
    }

    boolean groupsChanged() {
        return groupsChanged;
    }
}
