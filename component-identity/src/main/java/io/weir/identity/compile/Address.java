package io.weir.identity.compile;

import io.weir.identity.component.IpPrefix;

/** 128 bits of an address, in unsigned order. */
record Address(long high, long low) implements Comparable<Address> {
    static final Address ZERO = new Address(0, 0);

    static Address first(IpPrefix prefix) {
        return new Address(prefix.high(), prefix.low());
    }

    /** The address behind the prefix; {@link #ZERO} when there is none. */
    static Address behind(IpPrefix prefix) {
        long lastLow = prefix.low() | ~IpPrefix.lowMask(prefix.length());
        long lastHigh = prefix.high() | ~IpPrefix.highMask(prefix.length());
        return new Address(lastLow == -1 ? lastHigh + 1 : lastHigh, lastLow + 1);
    }

    @Override
    public int compareTo(Address other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }
}
