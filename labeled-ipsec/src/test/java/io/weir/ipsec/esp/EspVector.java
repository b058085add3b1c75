package io.weir.ipsec.esp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

import io.weir.ipsec.sa.EspCipher;

/** An ESP packet that somebody else made, with its key and what it holds. */
@SuppressWarnings("ArrayRecordComponent") // never compared by value
record EspVector(
        String name,
        EspCipher cipher,
        byte[] key,
        boolean esn,
        long sequence,
        byte[] packet,
        int nextHeader,
        byte[] inner) {

    /** Sections of {@code name = value} lines, each under its {@code [name]}. */
    static List<EspVector> read(String resource) {
        List<EspVector> vectors = new ArrayList<>();
        Properties values = new Properties();
        String name = "";
        for (String line : text(resource).lines().toList()) {
            if (line.startsWith("[")) {
                name = line.substring(1, line.length() - 1);
            } else if (line.contains(" = ") && !line.startsWith("#")) {
                String[] parts = line.split(" = ", 2);
                values.setProperty(parts[0], parts[1]);
            }
            if (values.containsKey("inner")) {
                vectors.add(of(name, values));
                values.clear();
            }
        }
        return vectors;
    }

    private static EspVector of(String name, Properties values) {
        HexFormat hex = HexFormat.of();
        return new EspVector(
                name,
                EspCipher.valueOf(values.getProperty("cipher", "")
                        .toUpperCase(Locale.ROOT)
                        .replace('-', '_')),
                hex.parseHex(values.getProperty("key", "")),
                Boolean.parseBoolean(values.getProperty("esn", "")),
                Long.parseLong(values.getProperty("sequence", "")),
                hex.parseHex(values.getProperty("packet", "")),
                Integer.parseInt(values.getProperty("next-header", "")),
                hex.parseHex(values.getProperty("inner", "")));
    }

    private static String text(String resource) {
        try (InputStream in = EspVector.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    int spi() {
        return HexFormat.fromHexDigits(HexFormat.of().formatHex(packet, 0, 4));
    }

    @Override
    public String toString() {
        return name;
    }
}
