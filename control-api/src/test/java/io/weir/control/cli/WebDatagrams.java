package io.weir.control.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

import io.weir.datapath.capture.Direction;
import io.weir.datapath.capture.PcapFrame;
import io.weir.datapath.capture.PcapngWriter;

/** UDP from component web, 10.0.0.1:1000, to component db, 10.0.0.2, without checksums (RFC 791 section 3.1, RFC 768). */
final class WebDatagrams {
    /** That web is behind. */
    static final String PORT = "p-web";

    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int UDP = 17;

    private WebDatagrams() {}

    /** Writes a capture of so many to one port of db, for {@code weir replay}. */
    static Path write(Path folder, int count, int port) throws IOException {
        Path capture = folder.resolve("send.pcapng");
        return write(capture, datagram(port), count);
    }

    /** Writes a capture of one ARP request of web for db (RFC 826). */
    static Path writeArp(Path folder) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.putShort((short) -1).putInt(-1).putShort((short) 0x5254).putInt(1).putShort((short) ARP);
        frame.putShort((short) 1)
                .putShort((short) IPV4)
                .putShort((short) 0x0604)
                .putShort((short) 1);
        frame.putShort((short) 0x5254).putInt(1).putInt(0x0A000001);
        frame.putShort((short) 0).putInt(0).putInt(0x0A000002);
        return write(folder.resolve("arp.pcapng"), frame.array(), 1);
    }

    private static Path write(Path capture, byte[] frame, int count) throws IOException {
        try (OutputStream out = Files.newOutputStream(capture);
                PcapngWriter writer = new PcapngWriter(out, "test", 65_535)) {
            for (int i = 0; i < count; i++) {
                writer.write(new PcapFrame(PORT, Direction.RX, i * 1_000L, frame.length, frame, "", 0));
            }
        }
        return capture;
    }

    private static byte[] datagram(int port) {
        ByteBuffer frame = ByteBuffer.allocate(60);
        frame.putShort((short) 0x5254)
                .putInt(2)
                .putShort((short) 0x5254)
                .putInt(1)
                .putShort((short) IPV4);
        frame.putShort((short) 0x4500)
                .putShort((short) 46)
                .putInt(0x4000)
                .put((byte) 64)
                .put((byte) UDP);
        frame.putShort((short) 0).putInt(0x0A000001).putInt(0x0A000002);
        frame.putShort((short) 1000).putShort((short) port).putShort((short) 26).putShort((short) 0);
        return frame.array();
    }
}
