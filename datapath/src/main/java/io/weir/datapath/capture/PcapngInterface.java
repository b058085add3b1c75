package io.weir.datapath.capture;

import java.io.IOException;
import java.math.BigInteger;

/**
 * An interface as a pcapng section describes it.
 *
 * @param name if_name, empty when absent
 * @param snaplen most bytes of a frame that were kept, 0 for all
 * @param unitsPerSecond resolution of timestamps
 * @param offsetSeconds to add to timestamps
 */
record PcapngInterface(String name, long snaplen, BigInteger unitsPerSecond, long offsetSeconds) {
    private static final BigInteger NS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);
    private static final BigInteger MICROSECONDS = BigInteger.valueOf(1_000_000L);
    private static final BigInteger UNSIGNED = BigInteger.ONE.shiftLeft(Long.SIZE);
    private static final int POWER_OF_TWO = 0x80;

    static PcapngInterface of(long snaplen, PcapngOptions options, FileCursor cursor, long at) throws IOException {
        if (options.unsigned(PcapngOptions.INTERFACE_FCS_LENGTH) != 0) {
            throw cursor.fail(
                    at,
                    "frames of an interface end with their check sequence",
                    "capture without frame check sequences");
        }
        return new PcapngInterface(
                options.text(PcapngOptions.INTERFACE_NAME),
                snaplen,
                resolution(options),
                options.signed(PcapngOptions.INTERFACE_TIME_OFFSET));
    }

    private static BigInteger resolution(PcapngOptions options) {
        if (!options.has(PcapngOptions.INTERFACE_TIME_RESOLUTION)) {
            return MICROSECONDS;
        }
        int value = (int) options.unsigned(PcapngOptions.INTERFACE_TIME_RESOLUTION);
        int exponent = value & POWER_OF_TWO - 1;
        return (value & POWER_OF_TWO) != 0 ? BigInteger.TWO.pow(exponent) : BigInteger.TEN.pow(exponent);
    }

    /** Time in ns since 1970 of a block's timestamp. */
    long timestampNs(long units, FileCursor cursor, long at) throws IOException {
        if (units >= 0 && offsetSeconds == 0 && unitsPerSecond.equals(NS_PER_SECOND)) {
            return units;
        }
        BigInteger unsigned = BigInteger.valueOf(units).mod(UNSIGNED);
        BigInteger ns = unsigned.multiply(NS_PER_SECOND)
                .divide(unitsPerSecond)
                .add(BigInteger.valueOf(offsetSeconds).multiply(NS_PER_SECOND));
        if (ns.signum() < 0 || ns.bitLength() >= Long.SIZE) {
            throw cursor.fail(
                    at,
                    "timestamp of a frame is " + ns + " ns since 1970, out of range",
                    "the file is damaged from here on");
        }
        return ns.longValueExact();
    }
}
