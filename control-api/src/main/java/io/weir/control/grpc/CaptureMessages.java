package io.weir.control.grpc;

import java.util.EnumSet;
import java.util.Set;

import io.grpc.Status;

import io.weir.control.v1.CaptureDirection;
import io.weir.datapath.capture.CaptureFilter;
import io.weir.datapath.capture.CaptureRequest;
import io.weir.datapath.capture.CaptureVerdict;
import io.weir.datapath.capture.Direction;

/** What a caller asks to capture, in the datapath's words. */
final class CaptureMessages {
    private CaptureMessages() {}

    /**
     * The request of the message.
     *
     * @throws IllegalArgumentException for a filter that libpcap refuses, or a value out of range
     */
    static CaptureRequest request(io.weir.control.v1.CaptureRequest message) {
        int snaplen = message.getSnapLength() == 0 ? CaptureRequest.DEFAULT_SNAPLEN_BYTES : message.getSnapLength();
        return CaptureRequest.EVERYTHING
                .withPorts(Set.copyOf(message.getPortsList()))
                .withDirections(directions(message.getDirection()))
                .withVerdicts(verdicts(message))
                .withFilter(filter(message.getFilter()))
                .withSizes(snaplen, CaptureRequest.DEFAULT_RING_BYTES);
    }

    private static Set<Direction> directions(CaptureDirection direction) {
        return switch (direction) {
            case CAPTURE_DIRECTION_RX -> EnumSet.of(Direction.RX);
            case CAPTURE_DIRECTION_TX -> EnumSet.of(Direction.TX);
            case CAPTURE_DIRECTION_UNSPECIFIED, CAPTURE_DIRECTION_BOTH -> EnumSet.of(Direction.RX, Direction.TX);
            case UNRECOGNIZED -> throw new IllegalArgumentException("direction is unknown; choose both, rx or tx");
        };
    }

    private static Set<CaptureVerdict> verdicts(io.weir.control.v1.CaptureRequest message) {
        if (message.getVerdictsCount() == 0) {
            return EnumSet.allOf(CaptureVerdict.class);
        }
        EnumSet<CaptureVerdict> verdicts = EnumSet.noneOf(CaptureVerdict.class);
        for (io.weir.control.v1.CaptureVerdict verdict : message.getVerdictsList()) {
            verdicts.add(
                    switch (verdict) {
                        case CAPTURE_VERDICT_FORWARD -> CaptureVerdict.FORWARDED;
                        case CAPTURE_VERDICT_DROP -> CaptureVerdict.DROPPED;
                        case CAPTURE_VERDICT_CONSUME -> CaptureVerdict.CONSUMED;
                        case CAPTURE_VERDICT_UNSPECIFIED, UNRECOGNIZED ->
                            throw new IllegalArgumentException("verdict is unknown; choose forward, drop or consume");
                    });
        }
        return verdicts;
    }

    private static CaptureFilter filter(String expression) {
        try {
            return CaptureFilter.compile(expression);
        } catch (IllegalStateException noLibrary) {
            throw Status.FAILED_PRECONDITION
                    .withDescription(noLibrary.getMessage())
                    .asRuntimeException();
        }
    }
}
