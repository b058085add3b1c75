package io.weir.control.repository;

/** Somebody else appended a revision first. Expected, so without stack trace. */
public final class RevisionMovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int head;

    /**
     * What was seen and what is there.
     *
     * @param expected what the writer saw
     * @param head what is there
     */
    public RevisionMovedException(int expected, int head) {
        super(
                "the head is revision " + head + ", not " + expected + "; look at weir diff " + expected + ' ' + head
                        + ", then apply with --expect " + head,
                null,
                false,
                false);
        this.head = head;
    }

    /** Number of the revision that is the head now. */
    public int head() {
        return head;
    }
}
