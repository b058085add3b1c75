package io.weir.datapath.worker;

/**
 * One line of the MAC table.
 *
 * @param mac address in the low 48 bits
 * @param vlan VLAN, 1 to 4094
 * @param port name of the port it is behind
 * @param kind how it came about
 * @param ageNs time since the last frame from it, in ns; 0 for static entries
 */
public record MacEntry(long mac, int vlan, String port, Kind kind, long ageNs) {
    /** How an entry came about. */
    public enum Kind {
        LEARNED,
        STICKY,
        STATIC
    }
}
