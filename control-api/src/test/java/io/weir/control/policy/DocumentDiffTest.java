package io.weir.control.policy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.identity.component.Document;
import io.weir.identity.component.Group;
import io.weir.identity.component.Kind;
import io.weir.identity.component.Origin;
import io.weir.identity.component.PolicySet;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Unified diffs, as diff(1) prints them. */
@Timeout(30)
class DocumentDiffTest {
    private static PolicySet set(String text) {
        return PolicySet.EMPTY.with(List.of(new Document(Kind.GROUP, "g", new Group(List.of()), text, Origin.NOWHERE)));
    }

    private static String lines(String... changed) {
        return IntStream.rangeClosed(1, 20)
                .mapToObj(i -> i <= changed.length && !changed[i - 1].isEmpty() ? changed[i - 1] : "line " + i)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String diff(PolicySet before, PolicySet after) {
        return DocumentDiff.between(before, after).getFirst().text();
    }

    @Test
    void shouldShowThreeLinesAroundAChange() {
        String[] changed = {"", "", "", "", "other"};

        assertEquals("""
                --- Group g
                +++ Group g
                @@ -2,7 +2,7 @@
                 line 2
                 line 3
                 line 4
                -line 5
                +other
                 line 6
                 line 7
                 line 8
                """, diff(set(lines()), set(lines(changed))));
    }

    @Test
    void shouldCountLinesAnewInTheSecondHunk() {
        String[] changed = {"a\nb", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "end"};

        assertEquals("""
                --- Group g
                +++ Group g
                @@ -1,4 +1,5 @@
                -line 1
                +a
                +b
                 line 2
                 line 3
                 line 4
                @@ -17,4 +18,4 @@
                 line 17
                 line 18
                 line 19
                -line 20
                +end
                """, diff(set(lines()), set(lines(changed))));
    }

    @Test
    void shouldShowAWholeDocumentWhenItIsNewOrGone() {
        assertEquals("--- Group g\n+++ Group g\n@@ -0,0 +1,2 @@\n+a\n+b\n", diff(PolicySet.EMPTY, set("a\nb\n")));
        assertEquals("--- Group g\n+++ Group g\n@@ -1,1 +0,0 @@\n-a\n", diff(set("a\n"), PolicySet.EMPTY));
    }

    @Test
    void shouldTellNothingWhenTheTextIsTheSame() {
        assertEquals(List.of(), DocumentDiff.between(set("a\n"), set("a\n")));
    }
}
