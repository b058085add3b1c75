package io.weir.control.config;

import io.weir.identity.component.IpPrefix;
import io.weir.identity.component.IpText;
import io.weir.ipsec.sa.TrafficSelector;

/** Networks as traffic selectors. */
public final class Selectors {
    private Selectors() {}

    static TrafficSelector of(IpPrefix local, IpPrefix remote) {
        return new TrafficSelector(low(local), high(local), low(remote), high(remote));
    }

    private static long[] low(IpPrefix network) {
        return new long[] {network.high(), network.low()};
    }

    private static long[] high(IpPrefix network) {
        return new long[] {
            network.high() | ~IpPrefix.highMask(network.length()), network.low() | ~IpPrefix.lowMask(network.length())
        };
    }

    /** One side as text: a network, or {@code first-last} where it is none. */
    public static String text(long[] low, long[] high) {
        int length = common(low[0] ^ high[0], low[1] ^ high[1]);
        boolean network = ((low[0] & ~IpPrefix.highMask(length)) | (low[1] & ~IpPrefix.lowMask(length))) == 0
                && (~high[0] & ~IpPrefix.highMask(length)) == 0
                && (~high[1] & ~IpPrefix.lowMask(length)) == 0;
        return network
                ? IpText.of(new IpPrefix(low[0], low[1], length))
                : IpText.address(low[0], low[1]) + '-' + IpText.address(high[0], high[1]);
    }

    private static int common(long high, long low) {
        return high == 0 ? Long.SIZE + Long.numberOfLeadingZeros(low) : Long.numberOfLeadingZeros(high);
    }
}
