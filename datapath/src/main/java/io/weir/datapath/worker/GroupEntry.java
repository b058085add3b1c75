package io.weir.datapath.worker;

/**
 * A multicast membership found by snooping.
 *
 * @param group group MAC address in the low 48 bits
 * @param vlan VLAN, 1 to 4094
 * @param port name of the port with the member
 * @param ageNs time since the last report, in ns
 */
public record GroupEntry(long group, int vlan, String port, long ageNs) {}
