package io.weir.ipsec.esp;

import java.util.Random;

import io.weir.crypto.CryptoLibrary;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaKey;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;
import io.weir.ipsec.sa.SaStateFile;
import io.weir.ipsec.sa.Sad;
import io.weir.kernel.Memory;
import io.weir.kernel.Scratch;

/**
 * Two hosts with a tunnel between them, and memory for one packet at each step: inner, sealed, opened.
 */
public final class EspBench implements AutoCloseable {
    public static final int SPI = 0x1001;
    public static final int LEVEL = 7;
    static final long NOW_NS = 1_000_000_000L;

    private static final int CAPACITY = 70_000;
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;

    final Random random = new Random(0xE59);
    final SaStateFile leftState = SaStateFile.inMemory(() -> EPOCH_NS);
    final SaStateFile rightState = SaStateFile.inMemory(() -> EPOCH_NS);
    public final Sad left;
    public final Sad right;
    public final EspSealer sealer;
    public final EspOpener opener;

    private final Scratch memory = new Scratch(3L * CAPACITY);
    final long inner = memory.address();
    final long sealed = inner + CAPACITY;
    final long opened = sealed + CAPACITY;

    private EspBench(CryptoLibrary library, boolean ethernet) {
        left = new Sad(library, leftState);
        right = new Sad(library, rightState);
        sealer = new EspSealer(left);
        opener = ethernet ? EspOpener.ofEthernet(right) : EspOpener.ofIp(right);
    }

    public static EspBench ofIp() {
        return new EspBench(CryptoLibrary.best(), false);
    }

    static EspBench ofIp(CryptoLibrary library) {
        return new EspBench(library, false);
    }

    static EspBench ofEthernet() {
        return new EspBench(CryptoLibrary.best(), true);
    }

    /** An SA from left to right with a random key. */
    EspBench with(int spi, int level, EspCipher cipher, boolean esn, int tfcLength) {
        byte[] material = new byte[cipher.keyMaterialLength()];
        random.nextBytes(material);
        left.add(outbound(spi, level, cipher, material, esn, tfcLength), NOW_NS);
        right.add(inbound(spi, level, cipher, material, esn), NOW_NS);
        return this;
    }

    static SaSettings inbound(int spi, int level, EspCipher cipher, byte[] material, boolean esn) {
        return new SaSettings(
                Direction.INBOUND, spi, level, "", cipher, new SaKey(material), esn, 4096, 0, Lifetime.UNLIMITED);
    }

    static SaSettings outbound(int spi, int level, EspCipher cipher, byte[] material, boolean esn, int tfcLength) {
        return new SaSettings(
                Direction.OUTBOUND,
                spi,
                level,
                "",
                cipher,
                new SaKey(material),
                esn,
                4096,
                tfcLength,
                Lifetime.UNLIMITED);
    }

    /** Puts a packet where {@link #seal} takes it. */
    EspBench inner(byte[] packet) {
        Memory.copy(packet, 0, inner, packet.length);
        return this;
    }

    int seal(int level, int length, int nextHeader) {
        return sealer.seal(level, inner, length, nextHeader, sealed, NOW_NS);
    }

    int open(int length) {
        return opener.open(sealed, length, opened, NOW_NS);
    }

    byte[] opened(int length) {
        return read(opened, length);
    }

    byte[] sealed(int length) {
        return read(sealed, length);
    }

    static byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        return bytes;
    }

    /** An IPv4 packet of random bytes but for version, header and total length. */
    byte[] ipv4(int length) {
        byte[] packet = new byte[length];
        random.nextBytes(packet);
        packet[0] = 0x45;
        packet[2] = (byte) (length >>> 8);
        packet[3] = (byte) length;
        return packet;
    }

    /** An IPv6 packet of random bytes but for version and payload length. */
    byte[] ipv6(int length) {
        byte[] packet = new byte[length];
        random.nextBytes(packet);
        packet[0] = 0x60;
        packet[4] = (byte) ((length - 40) >>> 8);
        packet[5] = (byte) (length - 40);
        return packet;
    }

    @Override
    public void close() {
        sealer.close();
        opener.close();
        left.close();
        right.close();
        leftState.close();
        rightState.close();
        memory.close();
    }
}
