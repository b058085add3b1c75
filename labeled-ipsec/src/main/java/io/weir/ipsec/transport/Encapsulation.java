package io.weir.ipsec.transport;

/** How ESP packets travel between hosts. */
public enum Encapsulation {
    /** In UDP datagrams (RFC 3948). */
    UDP,
    /** As IP protocol 50. */
    RAW
}
