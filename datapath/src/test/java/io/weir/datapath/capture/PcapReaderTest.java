package io.weir.datapath.capture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.weir.datapath.capture.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
class PcapReaderTest {
    private static final byte[] FRAME = Frames.bytes(Frames.ARP_REQUEST);
    private static final int SECTION_LENGTH = 28;

    private static ByteBuffer classicHeader(ByteOrder order, int magic, int linkType) {
        return ByteBuffer.allocate(4096)
                .order(order)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65_535)
                .putInt(linkType);
    }

    private static ByteBuffer record(ByteBuffer file, int seconds, int fraction, int captured, int original) {
        return file.putInt(seconds).putInt(fraction).putInt(captured).putInt(original);
    }

    private static byte[] done(ByteBuffer file) {
        byte[] bytes = new byte[file.position()];
        file.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer block(ByteBuffer file, int type, byte[] body) {
        int length = 12 + body.length;
        return file.putInt(type).putInt(length).put(body).putInt(length);
    }

    private static ByteBuffer body(ByteOrder order, int length) {
        return ByteBuffer.allocate(length).order(order);
    }

    private static ByteBuffer section(ByteBuffer file) {
        byte[] body = body(file.order(), 16)
                .putInt(0x1A2B3C4D)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1)
                .array();
        return block(file, 0x0A0D0D0A, body);
    }

    private static ByteBuffer pcapng(ByteOrder order) {
        return section(ByteBuffer.allocate(8192).order(order));
    }

    /** An Ethernet interface with one option of up to eight bytes; code 0 for none. */
    private static ByteBuffer describe(ByteBuffer file, int snaplen, int code, byte... value) {
        ByteBuffer body =
                body(file.order(), 24).putShort((short) 1).putShort((short) 0).putInt(snaplen);
        body.putShort((short) code).putShort((short) value.length).put(value);
        return block(file, 1, done(body.position(body.capacity())));
    }

    private static ByteBuffer enhanced(ByteBuffer file, int source, long units, int captured, int original, int room) {
        byte[] body = body(file.order(), 20 + room)
                .putInt(source)
                .putInt((int) (units >>> 32))
                .putInt((int) units)
                .putInt(captured)
                .putInt(original)
                .array();
        return block(file, 6, body);
    }

    private static void assertUnreadable(byte[] file, long offset, String... parts) {
        CaptureFileException refusal = assertRefused(CaptureFileException.class, () -> PcapFilesTest.read(file), parts);
        assertEquals(offset, refusal.offset());
        assertTrue(refusal.toString().contains("test.pcap: at byte " + offset + ": "), refusal.toString());
    }

    @ParameterizedTest
    @CsvSource({"LE, a1b2c3d4, 1000", "BE, a1b2c3d4, 1000", "LE, a1b23c4d, 1", "BE, a1b23c4d, 1"})
    void shouldReadClassicInBothByteOrdersAndResolutions(String endian, String magic, long nsPerUnit)
            throws IOException {
        ByteOrder order = endian.equals("LE") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer file = classicHeader(order, Integer.parseUnsignedInt(magic, 16), 1);
        record(file, -1, 999_999, FRAME.length, 60).put(FRAME);

        List<PcapFrame> frames = PcapFilesTest.read(done(file));

        long timestampNs = 0xFFFF_FFFFL * 1_000_000_000L + 999_999 * nsPerUnit;
        assertEquals(List.of(new PcapFrame("", Direction.UNKNOWN, timestampNs, 60, FRAME, "", 0)), frames);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LE", "BE"})
    void shouldReadPcapngInBothByteOrders(String endian) throws IOException {
        ByteOrder order = endian.equals("LE") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer file = describe(pcapng(order), 0, 2, "vm9".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        block(file, 0x0BAD, new byte[8]);
        enhanced(file, 0, 1_000_000, 3, 60, 4);
        block(file, 3, body(order, 8).putInt(4).put(new byte[] {9, 8, 7, 6}).array());

        List<PcapFrame> frames = PcapFilesTest.read(done(file));

        assertEquals(
                List.of(
                        new PcapFrame("vm9", Direction.UNKNOWN, 1_000_000_000L, 60, new byte[3], "", 0),
                        new PcapFrame("vm9", Direction.UNKNOWN, 0, 4, new byte[] {9, 8, 7, 6}, "", 0)),
                frames);
    }

    @Test
    void shouldStartAnewWithEachSectionAlsoInTheOtherByteOrder() throws IOException {
        ByteBuffer file = describe(pcapng(ByteOrder.LITTLE_ENDIAN), 0, 0);
        enhanced(file, 0, 1, 0, 0, 0);
        file.order(ByteOrder.BIG_ENDIAN);
        enhanced(describe(section(file), 0, 0), 0, 2, 0, 0, 0);

        List<PcapFrame> frames = PcapFilesTest.read(done(file));

        assertEquals(
                List.of(1000L, 2000L),
                frames.stream().map(PcapFrame::timestampNs).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "9, 5, 5",
        "6, 5, 5000",
        "0, 5, 5000000000",
        "12, 5999, 5",
        "127, 5, 0",
        "138, 512, 500000000",
        "255, -1, 0"
    })
    void shouldHonourEveryTimestampResolution(int resolution, long units, long expectedNs) throws IOException {
        ByteBuffer file = describe(pcapng(ByteOrder.LITTLE_ENDIAN), 0, 9, (byte) resolution);
        enhanced(file, 0, units, 0, 0, 0);

        assertEquals(expectedNs, PcapFilesTest.read(done(file)).getFirst().timestampNs());
    }

    @Test
    void shouldCutSimplePacketAtSnaplen() throws IOException {
        ByteBuffer file = describe(pcapng(ByteOrder.LITTLE_ENDIAN), 2, 0);
        block(
                file,
                3,
                body(ByteOrder.LITTLE_ENDIAN, 8)
                        .putInt(900)
                        .put(new byte[] {1, 2, 0, 0})
                        .array());

        PcapFrame frame = PcapFilesTest.read(done(file)).getFirst();

        assertEquals(new PcapFrame("", Direction.UNKNOWN, 0, 900, new byte[] {1, 2}, "", 0), frame);
    }

    @Test
    void shouldRefuseWhatIsNoCaptureFile(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "no pcap");

        assertRefused(CaptureFileException.class, () -> PcapReader.open(text), "a.txt", "0x6e6f2070", "name a pcap");
        assertUnreadable(new byte[0], 0, "0 bytes");
        assertUnreadable(new byte[3], 0, "3 bytes");
    }

    @Test
    void shouldRefuseClassicFilesThatItWouldMisread() {
        int magic = ClassicPcapFormat.MAGIC_MICROSECONDS;
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        ByteBuffer oldVersion = classicHeader(order, magic, 1).putShort(6, (short) 2);

        assertUnreadable(done(classicHeader(order, magic, 113)), 20, "link type is 113", "Ethernet");
        assertUnreadable(done(classicHeader(order, magic, 1 | 1 << 26)), 20, "check sequence");
        assertUnreadable(done(oldVersion), 4, "2.2");
        assertUnreadable(done(record(classicHeader(order, magic, 1), 0, 0, 262_145, 262_145)), 32, "262145");
        assertUnreadable(done(record(classicHeader(order, magic, 1), 0, 0, -1, -1)), 32, "4294967295");
        assertUnreadable(
                done(record(classicHeader(order, magic, 1), 0, 0, 60, 59)), 32, "original length of a frame is 59");
        assertUnreadable(
                done(record(classicHeader(order, magic, 1), 0, 0, 60, 60).put(FRAME)), 40, "ends inside a frame");
    }

    @Test
    void shouldRefusePcapngBlocksThatItWouldMisread() {
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        int at = SECTION_LENGTH;
        int second = at + 36;

        assertUnreadable(done(block(pcapng(order), 2, new byte[20])), at, "obsolete");
        assertUnreadable(done(block(pcapng(order), 1, new byte[4])), at + 4, "block length is 16");
        assertUnreadable(done(pcapng(order).putInt(0x77).putInt(13)), at + 4, "block length is 13");
        assertUnreadable(done(pcapng(order).putInt(0x77).putInt(8)), at + 4, "block length is 8");
        assertUnreadable(done(pcapng(order).putInt(0x77).putInt(-4).putInt(0)), at + 8, "ends inside a block");
        assertUnreadable(done(pcapng(order).putInt(6).putInt(-4)), at + 4, "4294967292, more than");
        assertUnreadable(done(pcapng(order).putInt(0x77).putInt(12).putInt(16)), at + 8, "12 in front and 16 behind");
        assertUnreadable(
                done(block(pcapng(order), 1, new byte[] {113, 0, 0, 0, 0, 0, 0, 0})), at + 8, "link type is 113");
        assertUnreadable(done(enhanced(pcapng(order), 0, 0, 0, 0, 0)), at + 8, "interface 0", "described 0");
        assertUnreadable(
                done(enhanced(describe(pcapng(order), 0, 0), -1, 0, 0, 0, 0)), second + 8, "interface 4294967295");
        assertUnreadable(done(enhanced(describe(pcapng(order), 0, 0), 0, 0, 8, 8, 4)), second, "room for 4");
        assertUnreadable(
                done(enhanced(describe(pcapng(order), 0, 0), 0, 0, 300_000, 300_000, 4)), second + 20, "300000");
        assertUnreadable(done(enhanced(describe(pcapng(order), 0, 0), 0, -1, 0, 0, 0)), second, "out of range");
        assertUnreadable(done(describe(pcapng(order), 0, 13, (byte) 4)), at, "check sequence");
        assertUnreadable(
                done(block(pcapng(order), 1, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 9, 0})),
                at,
                "option 2",
                "length 9");
    }

    @Test
    void shouldNameWhereAnyTruncationIsAndReadWhatStandsBefore() throws IOException {
        List<PcapFrame> frames = PcapFilesTest.sample().subList(0, 4);
        for (byte[] file : List.of(PcapFilesTest.pcapng(frames), PcapFilesTest.classic(frames))) {
            int errors = 0;
            for (int length = 0; length < file.length; length++) {
                ByteBuffer cut = ByteBuffer.allocate(length).put(file, 0, length);
                errors += readsOrNamesTruncation(cut.array(), frames) ? 0 : 1;
            }
            assertTrue(errors > file.length / 2, "most cuts are inside something: " + errors);
        }
    }

    /** False when the file was found to be cut. */
    private static boolean readsOrNamesTruncation(byte[] file, List<PcapFrame> frames) throws IOException {
        int read = 0;
        try (PcapReader reader = PcapReader.of(new ByteArrayInputStream(file), "cut")) {
            for (PcapFrame frame = reader.next(); frame != null; frame = reader.next()) {
                assertEquals(frames.get(read++).timestampNs(), frame.timestampNs());
            }
            return true;
        } catch (CaptureFileException e) {
            assertTrue(e.offset() <= file.length, e.toString());
            return false;
        }
    }
}
