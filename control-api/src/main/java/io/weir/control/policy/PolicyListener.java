package io.weir.control.policy;

import io.weir.control.grant.GrantEntry;

/**
 * Hears of what changed, after it took effect.
 *
 * <p>Threading: called with the control lock held, by whoever made the change; must not wait and must not call the engine.
 */
public interface PolicyListener {
    /** Tells each of them, in that order. */
    static PolicyListener all(PolicyListener first, PolicyListener second) {
        return new PolicyListener() {
            @Override
            public void changed(ChangeKind kind, String author, int revision, int epoch, String detail) {
                first.changed(kind, author, revision, epoch, detail);
                second.changed(kind, author, revision, epoch, detail);
            }

            @Override
            public void granted(GrantEntry grant, int epoch) {
                first.granted(grant, epoch);
                second.granted(grant, epoch);
            }

            @Override
            public void quarantined(String component, boolean begun, String author, String detail) {
                first.quarantined(component, begun, author, detail);
                second.quarantined(component, begun, author, detail);
            }
        };
    }

    /** Why a revision came to be, or what became of it. */
    enum ChangeKind {
        APPLIED,
        ROLLED_BACK,
        CONFIRMED,
        MODE
    }

    /**
     * A revision took effect.
     *
     * @param revision in force now
     * @param epoch in force now
     * @param detail one line for people
     */
    void changed(ChangeKind kind, String author, int revision, int epoch, String detail);

    /** A grant began or ended. */
    void granted(GrantEntry grant, int epoch);

    /**
     * A quarantine began or ended.
     *
     * @param author who did; empty when too many violations did
     */
    void quarantined(String component, boolean begun, String author, String detail);
}
