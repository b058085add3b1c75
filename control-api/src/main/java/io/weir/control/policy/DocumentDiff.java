package io.weir.control.policy;

import java.util.ArrayList;
import java.util.List;

import io.weir.control.repository.DocumentName;
import io.weir.identity.component.Document;
import io.weir.identity.component.PolicySet;

/**
 * How one document differs between two revisions.
 *
 * @param text unified diff of the canonical texts, with {@link #CONTEXT} lines around a change
 */
public record DocumentDiff(DocumentName name, ApplyResult.What what, String text) {
    static final int CONTEXT = 3;

    /** Longest texts, in lines, whose lines are compared one by one; longer ones are told as a whole. */
    static final int MAX_LINES = 4_000;

    /** Every document that differs, by kind and id. */
    static List<DocumentDiff> between(PolicySet before, PolicySet after) {
        List<DocumentDiff> diffs = new ArrayList<>();
        for (ApplyResult.Changed change : SetChange.between(before, after).changes()) {
            String text = unified(change.name(), text(before, change.name()), text(after, change.name()));
            diffs.add(new DocumentDiff(change.name(), change.what(), text));
        }
        return diffs;
    }

    private static String text(PolicySet documents, DocumentName name) {
        Document document = documents.get(name.kind(), name.id());
        return document == null ? "" : document.text();
    }

    private static String unified(DocumentName name, String before, String after) {
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        StringBuilder text = new StringBuilder("--- " + name + "\n+++ " + name + '\n');
        hunks(text, edits(old, now));
        return text.toString();
    }

    /** One line: {@code ' '} in both, {@code '-'} in the old text, {@code '+'} in the new one. */
    private record Edit(char sign, String line) {}

    /** A shortest way from one text to the other, by the lengths of common subsequences of their tails. */
    private static List<Edit> edits(List<String> old, List<String> now) {
        List<Edit> edits = new ArrayList<>();
        int[][] common = commonLengths(old, now);
        int i = 0;
        int j = 0;
        while (i < old.size() && j < now.size()) {
            if (old.get(i).equals(now.get(j))) {
                edits.add(new Edit(' ', old.get(i++)));
                j++;
            } else if (common.length > 0 && common[i + 1][j] < common[i][j + 1]) {
                edits.add(new Edit('+', now.get(j++)));
            } else {
                edits.add(new Edit('-', old.get(i++)));
            }
        }
        old.subList(i, old.size()).forEach(line -> edits.add(new Edit('-', line)));
        now.subList(j, now.size()).forEach(line -> edits.add(new Edit('+', line)));
        return edits;
    }

    /** {@code [i][j]}: lines in common from line i of the old and line j of the new text on; empty when they are too long. */
    private static int[][] commonLengths(List<String> old, List<String> now) {
        if (old.size() > MAX_LINES || now.size() > MAX_LINES) {
            return new int[0][];
        }
        int[][] lengths = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                lengths[i][j] = old.get(i).equals(now.get(j))
                        ? lengths[i + 1][j + 1] + 1
                        : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
            }
        }
        return lengths;
    }

    private static void hunks(StringBuilder text, List<Edit> edits) {
        int at = 0;
        int oldLine = 1;
        int newLine = 1;
        while (at < edits.size()) {
            int change = next(edits, at);
            if (change == edits.size()) {
                return;
            }
            int begin = Math.max(at, change - CONTEXT);
            oldLine += begin - at;
            newLine += begin - at;
            int end = end(edits, change);
            int olds = count(edits, begin, end, '+');
            int news = count(edits, begin, end, '-');
            text.append("@@ -").append(olds == 0 ? 0 : oldLine).append(',').append(olds);
            text.append(" +")
                    .append(news == 0 ? 0 : newLine)
                    .append(',')
                    .append(news)
                    .append(" @@\n");
            edits.subList(begin, end)
                    .forEach(
                            edit -> text.append(edit.sign()).append(edit.line()).append('\n'));
            oldLine += olds;
            newLine += news;
            at = end;
        }
    }

    /** The first changed line from there on. */
    private static int next(List<Edit> edits, int from) {
        int at = from;
        while (at < edits.size() && edits.get(at).sign() == ' ') {
            at++;
        }
        return at;
    }

    /** End of the hunk that begins with the change: the next change is further than both contexts. */
    private static int end(List<Edit> edits, int change) {
        int last = change;
        for (int at = change; at < edits.size() && at - last <= 2 * CONTEXT; at++) {
            last = edits.get(at).sign() == ' ' ? last : at;
        }
        return Math.min(edits.size(), last + 1 + CONTEXT);
    }

    /** Lines but those of the other text. */
    private static int count(List<Edit> edits, int begin, int end, char other) {
        return (int) edits.subList(begin, end).stream()
                .filter(edit -> edit.sign() != other)
                .count();
    }
}
