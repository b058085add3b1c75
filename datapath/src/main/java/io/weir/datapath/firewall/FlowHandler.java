package io.weir.datapath.firewall;

/** Takes one flow event; the record is the drain's own and holds nothing once this returns. */
@FunctionalInterface
public interface FlowHandler {
    void onFlow(FlowRecord record);
}
