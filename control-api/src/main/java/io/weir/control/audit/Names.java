package io.weir.control.audit;

import io.weir.datapath.pipeline.DropReason;
import io.weir.identity.label.LevelNumbers;

/**
 * What the datapath's numbers are called, by the policy and the ports in force. A number whose owner is gone still gets a
 * name, since counts must not be lost for the want of one.
 *
 * <p>Threading: any thread.
 */
public interface Names {
    /** Id of the component, such as {@code pay.db} or {@code reserved.world}; empty for no identity. */
    String identity(int identity);

    /** The rule; {@link RuleName#NONE} for 0. */
    RuleName rule(int rule);

    /** Name of the switch's port of that number. */
    String port(int number);

    /** Security context of the component with that id, empty when it has none and nothing else says one. */
    default String context(String component) {
        return "";
    }

    /** A security level by its number, such as {@code s2:c1}; empty for 0. */
    static String level(int number) {
        return number == 0 ? "" : LevelNumbers.process().text(number);
    }

    /** Label of a drop reason, empty for 0. */
    static String reason(int code) {
        return code == DropReason.NONE ? "" : DropReason.ofCode(code).label();
    }
}
