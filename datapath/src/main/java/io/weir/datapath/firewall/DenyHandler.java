package io.weir.datapath.firewall;

/** Takes one row of denials; the record is the drain's own and holds nothing once this returns. */
@FunctionalInterface
public interface DenyHandler {
    void onDenies(DenyRecord record);
}
