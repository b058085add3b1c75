package io.weir.control.grpc;

import java.util.List;
import java.util.function.Predicate;

import io.weir.control.v1.FlowKind;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.FlowsRequest;
import io.weir.control.v1.Session;

/**
 * Which records a caller wants: any of the values of a field, all of the fields. Records that tell of missing ones pass
 * always.
 *
 * <p>Threading: immutable.
 */
final class FlowFilter implements Predicate<FlowRecord> {
    private static final String ANY_END = "*";

    private final FlowsRequest request;

    FlowFilter(FlowsRequest request) {
        this.request = request;
    }

    @Override
    public boolean test(FlowRecord record) {
        return record.getKind() == FlowKind.FLOW_KIND_SHED || selects(record) != request.getInvert();
    }

    private boolean selects(FlowRecord record) {
        boolean verdict =
                request.getVerdictsList().isEmpty() || request.getVerdictsList().contains(record.getVerdict());
        return verdict
                && names(
                        request.getComponentsList(),
                        record.getSource().getComponent(),
                        record.getDestination().getComponent(),
                        record.getSubject())
                && names(
                        request.getPortsList(),
                        record.getSource().getSwitchPort(),
                        record.getDestination().getSwitchPort(),
                        record.getSubject());
    }

    /** Whether a session has one of the components, and one of the ports, at either end. */
    static boolean selects(List<String> components, List<String> ports, Session session) {
        return names(
                        components,
                        session.getSource().getComponent(),
                        session.getDestination().getComponent())
                && names(
                        ports,
                        session.getSource().getSwitchPort(),
                        session.getDestination().getSwitchPort());
    }

    /** Whether one of the values is wanted; a wanted value that ends in {@code *} stands for all that begin so. */
    static boolean names(List<String> wanted, String... values) {
        if (wanted.isEmpty()) {
            return true;
        }
        for (String value : values) {
            for (String name : wanted) {
                boolean begins = name.endsWith(ANY_END) && value.startsWith(name.substring(0, name.length() - 1));
                if (!value.isEmpty() && (begins || value.equals(name))) {
                    return true;
                }
            }
        }
        return false;
    }
}
