package io.weir.identity.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of cases and the world they take place in.
 *
 * @param world documents that every test begins from
 * @param cases in alphabetical order
 */
record ConformanceSuite(String world, List<ConformanceCase> cases) {
    private static final String CASE = ".case";

    /** The cases of the Kubernetes network-policy-api. */
    static ConformanceSuite networkPolicyApi() {
        return read(Path.of("src/test/resources/conformance/network-policy-api"));
    }

    private static ConformanceSuite read(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<ConformanceCase> cases = files.filter(file -> file.toString().endsWith(CASE))
                    .sorted()
                    .map(ConformanceSuite::readCase)
                    .toList();
            return new ConformanceSuite(Files.readString(folder.resolve("world.yaml")), cases);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the cases in " + folder, e);
        }
    }

    private static ConformanceCase readCase(Path file) {
        String name = file.getFileName().toString();
        try {
            return ConformanceCase.parse(name.substring(0, name.length() - CASE.length()), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    Stream<SubTest> subTests() {
        return cases.stream().flatMap(test -> test.subTests().stream());
    }

    int probes() {
        return cases.stream().mapToInt(ConformanceCase::probes).sum();
    }
}
