package io.weir.identity.compile;

import java.util.List;

import io.weir.identity.document.Problem;

/** TODO. */
record Conflicts(Profiles profiles, List<Problem> problems) {
    void check(List<List<RuleDraft>> lists) {}
}
