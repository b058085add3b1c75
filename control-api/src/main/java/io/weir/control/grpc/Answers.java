package io.weir.control.grpc;

import java.util.List;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import com.google.rpc.Code;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

import io.weir.control.audit.AuditException;
import io.weir.control.policy.BusyException;
import io.weir.control.policy.PolicyRefusedException;
import io.weir.control.policy.UnknownException;
import io.weir.control.repository.RevisionMovedException;
import io.weir.datapath.port.PortException;
import io.weir.identity.document.ProblemException;

/** Ends a call with what was computed, or with the status that fits the failure: the one place that maps failures. */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /** Answers a unary call. */
    static <T> void unary(StreamObserver<T> observer, Supplier<T> answer) {
        T message;
        try {
            message = answer.get();
        } catch (RuntimeException failed) {
            observer.onError(status(failed));
            return;
        }
        observer.onNext(message);
        observer.onCompleted();
    }

    /** Bad input is the caller's, everything else ours and logged. */
    static StatusRuntimeException status(RuntimeException failed) {
        return switch (failed) {
            case StatusRuntimeException known -> known;
            case PortException refused -> refused(refused);
            case IllegalArgumentException refused -> refused(refused);
            case AuditException unrecorded ->
                Status.FAILED_PRECONDITION
                        .withDescription("cannot be recorded, so it is not done: " + unrecorded.getMessage())
                        .asRuntimeException();
            case ProblemException wrong ->
                ProblemStatus.of(Code.INVALID_ARGUMENT, wrong.errors().size() + " mistakes", wrong.errors());
            case PolicyRefusedException refused ->
                ProblemStatus.of(Code.FAILED_PRECONDITION, text(refused), refused.problems());
            case RevisionMovedException moved -> ProblemStatus.of(Code.ABORTED, text(moved), List.of());
            case BusyException busy -> ProblemStatus.of(Code.RESOURCE_EXHAUSTED, text(busy), List.of());
            case UnknownException unknown -> ProblemStatus.of(Code.NOT_FOUND, text(unknown), List.of());
            default -> {
                LOG.error("a call failed", failed);
                yield Status.INTERNAL
                        .withDescription("unexpected failure, see the daemon's log: " + failed)
                        .asRuntimeException();
            }
        };
    }

    private static String text(RuntimeException failed) {
        return String.valueOf(failed.getMessage());
    }

    private static StatusRuntimeException refused(RuntimeException refused) {
        return Status.INVALID_ARGUMENT.withDescription(refused.getMessage()).asRuntimeException();
    }
}
