package io.weir.datapath.wire;

import org.agrona.concurrent.UnsafeBuffer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import io.weir.datapath.pipeline.DropReason;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** For any bytes: once a check has returned 0, no accessor throws; {@code toString} reads them all, or nearly. */
class HeaderPropertyTest {
    @Property(tries = 3000)
    void shouldNotThrowWhenCheckIsGood(@ForAll("headers") byte[] bytes) {
        UnsafeBuffer view = HeaderBytes.of(bytes);
        int length = bytes.length;

        print(new EthernetHeader().wrap(view, 0, length));
        print(new VlanTag().wrap(view, 0, length));
        print(new LlcHeader().wrap(view, 0, length));
        print(new ArpPacket().wrap(view, 0, length));
        print(new Ipv4Header().wrap(view, 0, length));
        print(new Ipv6Header().wrap(view, 0, length));
        print(new TcpHeader().wrap(view, 0, length));
        print(new UdpHeader().wrap(view, 0, length));
        print(new SctpHeader().wrap(view, 0, length));
        print(new IcmpHeader().wrap(view, 0, length));
        print(new Icmpv6Header().wrap(view, 0, length));
        readOptions(new NeighbourMessage().wrap(view, 0, length));
        readRecords(new IgmpMessage().wrap(view, 0, length));
        readRecords(new MldMessage().wrap(view, 0, length));
    }

    private static void print(Object header) {
        assertFalse(header.toString().isEmpty());
    }

    private static void readOptions(NeighbourMessage message) {
        print(message);
        if (message.check() == DropReason.NONE) {
            for (int option = message.firstOption(); message.isOption(option); option = message.nextOption(option)) {
                message.linkAddress(option);
            }
        }
    }

    private static void readRecords(IgmpMessage message) {
        print(message);
        if (message.check() == DropReason.NONE) {
            int record = message.firstRecord();
            for (int left = message.recordCount(); left > 0; left--, record = message.nextRecord(record)) {
                message.recordGroup(record);
                for (int source = 0; source < message.recordSourceCount(record); source++) {
                    message.recordSource(record, source);
                }
            }
        }
    }

    private static void readRecords(MldMessage message) {
        print(message);
        if (message.check() == DropReason.NONE) {
            int record = message.firstRecord();
            for (int left = message.recordCount(); left > 0; left--, record = message.nextRecord(record)) {
                message.recordGroupHigh(record);
                message.recordGroupLow(record);
            }
        }
    }

    /** Random bytes of 0 to 120, of which the first often is one that a check accepts, and the others often small. */
    @Provide
    Arbitrary<byte[]> headers() {
        Arbitrary<Byte> any = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.bytes().between((byte) 0, (byte) 4)), Tuple.of(1, Arbitraries.bytes()));
        Arbitrary<Byte> first = Arbitraries.frequencyOf(
                Tuple.of(
                        3,
                        Arbitraries.of(0x45, 0x46, 0x60, 0x11, 0x16, 0x22, 130, 131, 133, 134, 136, 137, 143)
                                .map(Integer::byteValue)),
                Tuple.of(1, Arbitraries.bytes()));
        return first.flatMap(type -> any.array(byte[].class)
                .ofMinSize(0)
                .ofMaxSize(120)
                .map(rest -> {
                    if (rest.length > 0) {
                        rest[0] = type;
                    }
                    return rest;
                }));
    }

    @Property(tries = 1000)
    void shouldEqualTheNaiveSumWhateverTheLengthAndPlace(@ForAll("headers") byte[] bytes) {
        for (int offset = 0; offset <= Math.min(3, bytes.length); offset++) {
            long sum = 0;
            for (int i = offset; i < bytes.length; i++) {
                sum += (i - offset) % 2 == 0 ? (bytes[i] & 0xFF) << 8 : bytes[i] & 0xFF;
            }
            while (sum > 0xFFFF) {
                sum = (sum & 0xFFFF) + (sum >>> 16);
            }

            int checksum = InternetChecksum.of(HeaderBytes.of(bytes), offset, bytes.length - offset);

            assertEquals(~sum & 0xFFFF, checksum);
        }
    }

    @Property(tries = 200)
    void shouldFoldToTheSameWhenSumIsMadeOfParts(@ForAll("headers") byte[] bytes) {
        UnsafeBuffer view = HeaderBytes.of(bytes);
        for (int cut = 0; cut <= bytes.length; cut += 2) {
            long parts = InternetChecksum.sum(view, 0, cut) + InternetChecksum.sum(view, cut, bytes.length - cut);

            assertEquals(InternetChecksum.of(view, 0, bytes.length), InternetChecksum.finish(parts));
        }
    }
}
