package io.weir.control.audit;

/**
 * What a rule is called.
 *
 * @param owner id of the document it stands in
 * @param id its id in the document
 * @param tier lower-case name of the tier
 */
public record RuleName(String owner, String id, String tier) {
    /** No rule: default deny, or a side that is not judged. */
    public static final RuleName NONE = new RuleName("", "", "");

    /** {@code pay.db/api-to-sql}, empty for no rule. */
    public String text() {
        return owner.isEmpty() ? "" : owner + '/' + id;
    }
}
