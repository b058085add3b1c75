package io.weir.identity.compile;

import java.util.List;

import io.weir.identity.component.Document;
import io.weir.identity.component.PolicySet;
import io.weir.identity.document.Problem;

/** TODO. */
record References(PolicySet documents, List<ActiveGrant> grants, List<Problem> problems, List<Problem> warnings) {
    void check(List<Document> changed, PolicySet last) {}
}
