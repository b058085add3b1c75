package io.weir.datapath.port;

/**
 * A worker's hold on the published {@link PortTable}: taken once per duty cycle, the same for all stages of a batch.
 *
 * <p>Threading: written and read by one worker.
 */
public final class CurrentPorts {
    private PortTable table = PortTable.EMPTY;

    /** The table that judges the batch under way. */
    public PortTable table() {
        return table;
    }

    /** Takes the table for the duty cycle that begins. */
    public void take(PortTable published) {
        table = published;
    }
}
