package io.weir.datapath.label;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import io.weir.datapath.policy.WireLevel;

/** Labels as a Linux 6.1 guest with NetLabel sent them: CIPSO DOI 3 with tags 1, 2 and 5, CALIPSO DOI 16. */
record LinuxVectors(String label, String cipsoOptions, String hopByHopHeader) {
    static List<LinuxVectors> all() {
        try (InputStream file = LinuxVectors.class.getResourceAsStream("linux-vectors.txt")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
            return text.lines()
                    .filter(line -> line.contains("|"))
                    .map(LinuxVectors::of)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static LinuxVectors of(String line) {
        String[] columns = line.split(" \\| ", -1);
        return new LinuxVectors(columns[0], hex(columns[1]), hex(columns[2]));
    }

    private static String hex(String nameAndHex) {
        return nameAndHex.substring(nameAndHex.indexOf(' ') + 1);
    }

    WireLevel level() {
        return level(label);
    }

    /** Of a level as SELinux writes it, {@code s2:c1,c3}, or with runs, {@code s2:c1.c3}. */
    static WireLevel level(String text) {
        String[] parts = text.split(":", -1);
        WireLevel level = new WireLevel().begin(Integer.parseInt(parts[0].substring(1)));
        for (String run : parts.length < 2 ? new String[0] : parts[1].split(",", -1)) {
            String[] ends = run.split("\\.", -1);
            int last = Integer.parseInt(ends[ends.length - 1].substring(1));
            for (int category = Integer.parseInt(ends[0].substring(1)); category <= last; category++) {
                level.add(category);
            }
        }
        return level;
    }

    /** The canonical text with single categories. */
    static String text(WireLevel level) {
        StringBuilder text = new StringBuilder("s").append(level.sensitivity());
        char separator = ':';
        for (int category = level.next(0); category >= 0; category = level.next(category + 1)) {
            text.append(separator).append('c').append(category);
            separator = ',';
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return label;
    }
}
