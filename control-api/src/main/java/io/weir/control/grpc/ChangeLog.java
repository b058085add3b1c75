package io.weir.control.grpc;

import java.time.Instant;

import io.weir.control.access.Caller;
import io.weir.control.audit.AuditSink;
import io.weir.control.audit.ChangeEntry;
import io.weir.control.audit.FirewallSource;

/**
 * Records what a caller changes outside the policy, before it is done: what cannot be recorded is not done.
 *
 * <p>Threading: any thread that works for a call.
 *
 * @param sink takes the entries
 * @param source knows what is in force
 */
public record ChangeLog(AuditSink sink, FirewallSource source) {
    /**
     * Records a change under the caller's name.
     *
     * @param subject port, empty for the whole host
     * @param detail one line for people
     * @throws io.weir.control.audit.AuditException when it cannot be recorded
     */
    void record(ChangeEntry.Kind kind, String subject, String detail) {
        sink.change(new ChangeEntry(
                Instant.now(), kind, Caller.current().name(), subject, source.revision(), source.epoch(), detail));
    }
}
