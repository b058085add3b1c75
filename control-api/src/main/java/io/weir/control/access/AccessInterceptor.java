package io.weir.control.access;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Lets a call through when its caller has the role that the method needs, with the caller in the call's context; otherwise
 * the call ends with PERMISSION_DENIED before its handler sees a message. A connection without a caller may call nothing.
 *
 * <p>Threading: any of gRPC's threads.
 */
public final class AccessInterceptor implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(AccessInterceptor.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Role needed = MethodRoles.needed(method);
        @Nullable Caller caller = call.getAttributes().get(Caller.ATTRIBUTE);
        if (caller != null && caller.role().permits(needed)) {
            return Contexts.interceptCall(caller.context(), call, headers, next);
        }
        String refusal = refusal(method, needed, caller);
        LOG.warn("refused: {}", refusal);
        call.close(Status.PERMISSION_DENIED.withDescription(refusal), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static String refusal(String method, Role needed, @Nullable Caller caller) {
        String who = caller == null ? "a caller without identity" : caller + " with role " + caller.role();
        return method + " needs role " + needed + ": was " + who
                + "; ask an admin to name the caller in api.roles or api.tcp.roles of weir.yaml";
    }
}
