package io.weir.datapath.label;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import io.weir.datapath.policy.TestLevels;
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
        return TestLevels.level(label);
    }

    @Override
    public String toString() {
        return label;
    }
}
