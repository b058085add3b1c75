package io.weir.ipsec.sa;

/**
 * Inner addresses that a tunnel carries (RFC 4301 section 4.4.1.1): one range at this host's side, one at the peer's. Addresses are two
 * longs in network order, IPv4 as {@code ::ffff:a.b.c.d}.
 *
 * @param localLow to {@code localHigh} as {high half, low half}, both inclusive and unsigned
 */
@SuppressWarnings("ArrayRecordComponent") // never compared by value
public record TrafficSelector(long[] localLow, long[] localHigh, long[] remoteLow, long[] remoteHigh) {}
