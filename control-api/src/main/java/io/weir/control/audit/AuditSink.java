package io.weir.control.audit;

/**
 * Where audit entries go: the flow journal, later a ledger as well. A sink takes an entry or refuses it, at once; it never
 * takes part of one, and never drops what it took.
 *
 * <p>Threading: any thread, one call at a time for {@link #denies}. No method may block: the caller may be the thread that
 * empties the datapath's counts.
 */
public interface AuditSink {
    /** Name for people, such as {@code journal}. */
    String name();

    /**
     * Takes what was denied under one key since this sink took that key's last entry.
     *
     * @throws AuditException when it cannot; the counts stay with the aggregator and are in the next entry
     */
    void denies(DenyEntry entry);

    /**
     * Takes a change of revision, mode or configuration.
     *
     * @throws AuditException when it cannot; the change must then be refused
     */
    void change(ChangeEntry entry);

    /**
     * Takes what happened to a grant.
     *
     * @throws AuditException when it cannot; a new grant must then be refused, and an end be offered again
     */
    void grant(GrantEntry entry);

    /**
     * Takes the begin or end of a quarantine.
     *
     * @throws AuditException when it cannot; the caller quarantines all the same and offers the entry again
     */
    void quarantine(QuarantineEntry entry);
}
