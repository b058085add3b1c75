package io.weir.control.access;

import io.grpc.Attributes;
import io.grpc.Context;

/**
 * Who makes a call, proven by the kernel or by a certificate.
 *
 * @param name the user's name or number, or the certificate's subject; stands in records as the author
 * @param detail the same for messages, such as {@code user alice (uid 1000)}
 * @param role what the caller may do
 */
public record Caller(String name, String detail, Role role) {
    /** The daemon itself, when it acts with nobody calling: at start, and when something expires. */
    public static final Caller DAEMON = new Caller("weir", "the daemon itself", Role.ADMIN);

    /** Of whoever opened a connection; set once per connection. */
    static final Attributes.Key<Caller> ATTRIBUTE = Attributes.Key.create("io.weir.control.access.Caller");

    private static final Context.Key<Caller> KEY = Context.keyWithDefault("io.weir.control.access.Caller", DAEMON);

    /** The caller of the gRPC call that this thread works for, {@link #DAEMON} when it works for none. */
    public static Caller current() {
        return KEY.get();
    }

    /** The current context with this caller in it. */
    public Context context() {
        return Context.current().withValue(KEY, this);
    }

    @Override
    public String toString() {
        return detail;
    }
}
