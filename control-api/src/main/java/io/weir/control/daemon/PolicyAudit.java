package io.weir.control.daemon;

import java.time.Instant;

import io.weir.control.audit.AuditSink;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.QuarantineEntry;
import io.weir.control.clock.DurableClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.policy.PolicyListener;

/**
 * Records changes of the policy, grants and quarantines one by one. What the sink refuses waits, in order, and is offered again
 * before the next: the repository holds the change itself already, so none is lost with the process.
 *
 * <p>Threading: as {@link PolicyListener} says, one call at a time.
 */
final class PolicyAudit implements PolicyListener {
    private final AuditQueue queue;
    private final DurableClock clock;

    PolicyAudit(AuditSink sink, DurableClock clock) {
        this.queue = new AuditQueue(sink);
        this.clock = clock;
    }

    @Override
    public void changed(ChangeKind kind, String author, int revision, int epoch, String detail) {
        Instant now = clock.now();
        ChangeEntry.Kind what = switch (kind) {
            case APPLIED -> ChangeEntry.Kind.REVISION;
            case ROLLED_BACK -> ChangeEntry.Kind.ROLLBACK;
            case CONFIRMED -> ChangeEntry.Kind.CONFIRMED;
            case MODE -> ChangeEntry.Kind.MODE;
        };
        queue.offer(audit -> audit.change(new ChangeEntry(now, what, author, "", revision, epoch, detail)));
    }

    @Override
    public void granted(GrantEntry grant, int epoch) {
        Instant now = clock.now();
        io.weir.control.audit.GrantEntry.Kind what = switch (grant.state()) {
            case ACTIVE -> io.weir.control.audit.GrantEntry.Kind.CREATED;
            case EXPIRED -> io.weir.control.audit.GrantEntry.Kind.EXPIRED;
            case REVOKED -> io.weir.control.audit.GrantEntry.Kind.REVOKED;
        };
        String who = grant.active() ? grant.author() : grant.endedBy();
        queue.offer(audit -> audit.grant(new io.weir.control.audit.GrantEntry(
                now, what, who, grant.id(), grant.reason(), grant.expires().wall())));
    }

    @Override
    public void quarantined(String component, boolean begun, String author, String detail) {
        Instant now = clock.now();
        queue.offer(audit -> audit.quarantine(new QuarantineEntry(now, component, begun, author, detail)));
    }
}
