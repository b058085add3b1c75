package io.weir.control.grpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

import io.weir.control.v1.Problems;
import io.weir.identity.document.Problem;

/** Mistakes with their places in the details of a status, and back. */
public final class ProblemStatus {
    private ProblemStatus() {}

    /** The failure that says so and carries the problems. */
    static StatusRuntimeException of(Code code, String message, List<Problem> problems) {
        Status.Builder status = Status.newBuilder().setCode(code.getNumber()).setMessage(message);
        if (!problems.isEmpty()) {
            status.addDetails(Any.pack(
                    Problems.newBuilder().addAllProblems(messages(problems)).build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    static List<io.weir.control.v1.Problem> messages(List<Problem> problems) {
        return problems.stream().map(ProblemStatus::message).toList();
    }

    private static io.weir.control.v1.Problem message(Problem problem) {
        return io.weir.control.v1.Problem.newBuilder()
                .setSource(problem.source())
                .setLine(problem.line())
                .setKey(problem.key())
                .setProblem(problem.problem())
                .setRemedy(problem.remedy())
                .build();
    }

    /** The problem that a message tells. */
    public static Problem problem(io.weir.control.v1.Problem message) {
        return new Problem(
                message.getSource(), message.getLine(), message.getKey(), message.getProblem(), message.getRemedy());
    }

    /** The problems that a failed call carries; none when it carries none. */
    public static List<Problem> problems(StatusRuntimeException failed) {
        List<Problem> problems = new ArrayList<>();
        Optional<Status> status = Optional.ofNullable(StatusProto.fromThrowable(failed));
        for (Any detail : status.map(Status::getDetailsList).orElse(List.of())) {
            if (detail.is(Problems.class)) {
                try {
                    detail.unpack(Problems.class).getProblemsList().forEach(message -> problems.add(problem(message)));
                } catch (InvalidProtocolBufferException garbled) {
                    // The status's message still says what is wrong.
                }
            }
        }
        return problems;
    }
}
