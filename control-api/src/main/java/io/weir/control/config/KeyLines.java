package io.weir.control.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import io.weir.ipsec.sa.SaKey;
import io.weir.kernel.Memory;

/**
 * The lines of a key file. They are taken from memory that can be wiped, and never become text: text stays on the heap for as long
 * as the collector likes, and ends up in messages.
 *
 * <p>Threading: one reader.
 */
final class KeyLines {
    private static final int MAX_SPI_DIGITS = 10;
    private static final int MAX_KEY_BYTES = 128;
    private static final int HEX = 16;

    private final Path file;
    private final long address;
    private final int length;
    private final Map<Integer, SaKey> keys = new LinkedHashMap<>();

    KeyLines(Path file, long address, int length) {
        this.file = file;
        this.address = address;
        this.length = length;
    }

    /**
     * Every key by its SPI.
     *
     * @throws KeyFileException when a line is neither a key nor empty, or a key or an SPI is there twice; no key is left then
     */
    Map<Integer, SaKey> read() {
        try {
            int begin = 0;
            for (int line = 1; begin < length; line++) {
                int end = find('\n', begin, length);
                line(line, begin, find('#', begin, end));
                begin = end + 1;
            }
            return keys;
        } catch (KeyFileException wrong) {
            keys.values().forEach(SaKey::destroy);
            throw wrong;
        }
    }

    private void line(int line, int begin, int end) {
        int first = begin;
        while (first < end && blank(at(first))) {
            first++;
        }
        if (first == end) {
            return;
        }
        int colon = find(':', first, end);
        int spi = spi(line, first, colon);
        byte[] material = material(line, colon + 1, end);
        try {
            enter(line, spi, material);
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    private void enter(int line, int spi, byte[] material) {
        for (SaKey other : keys.values()) {
            byte[] known = other.material();
            boolean same = MessageDigest.isEqual(known, material);
            Arrays.fill(known, (byte) 0);
            if (same) {
                throw wrong(
                        line,
                        "has the key of another SPI",
                        "give each SA a key of its own: under one key, what two SAs number alike is readable");
            }
        }
        if (keys.putIfAbsent(spi, new SaKey(material)) != null) {
            throw wrong(line, "has an SPI that another line has", "keep one of them");
        }
    }

    /** An SPI is public, but what stands in its place may be a key: it is shown by nobody. */
    private int spi(int line, int begin, int colon) {
        int end = colon;
        while (end > begin && blank(at(end - 1))) {
            end--;
        }
        if (colon >= length || at(colon) != ':' || end == begin || end - begin > MAX_SPI_DIGITS) {
            throw malformed(line);
        }
        byte[] digits = new byte[end - begin];
        Memory.copy(address + begin, digits, 0, digits.length);
        try {
            return SpiText.parse(new String(digits, StandardCharsets.US_ASCII));
        } catch (NumberFormatException none) {
            throw malformed(line);
        }
    }

    private byte[] material(int line, int begin, int end) {
        int first = begin;
        while (first < end && blank(at(first))) {
            first++;
        }
        int last = end;
        while (last > first && blank(at(last - 1))) {
            last--;
        }
        int digits = last - first;
        if (digits == 0 || digits % 2 != 0 || digits > 2 * MAX_KEY_BYTES) {
            throw malformed(line);
        }
        byte[] material = new byte[digits / 2];
        for (int i = 0; i < material.length; i++) {
            int high = Character.digit(at(first + 2 * i), HEX);
            int low = Character.digit(at(first + 2 * i + 1), HEX);
            if (high < 0 || low < 0) {
                Arrays.fill(material, (byte) 0);
                throw malformed(line);
            }
            material[i] = (byte) (high << 4 | low);
        }
        return material;
    }

    private KeyFileException malformed(int line) {
        return wrong(
                line,
                "is no SPI with a key",
                "write it as 0x1001: and hex digits, an even number of them; SPIs begin at 256");
    }

    private KeyFileException wrong(int line, String what, String remedy) {
        return new KeyFileException(file + " line " + line + ' ' + what, remedy);
    }

    private int find(char wanted, int begin, int end) {
        int at = begin;
        while (at < end && at(at) != wanted) {
            at++;
        }
        return at;
    }

    private char at(int index) {
        return (char) (Memory.readByte(address + index) & 0xFF);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
