package io.weir.identity.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.manifest.ManifestReader;

/**
 * A folder of cases and the world they take place in.
 *
 * @param world documents that every test begins from
 * @param cases in alphabetical order
 */
record ConformanceSuite(String world, List<ConformanceCase> cases) {
    private static final String CASE = ".case";
    private static final Pattern COMPONENT = Pattern.compile("^ {2}id: (\\S+)$", Pattern.MULTILINE);

    /** The cases of the Kubernetes network-policy-api. */
    static ConformanceSuite networkPolicyApi() {
        return read(Path.of("src/test/resources/conformance/network-policy-api"));
    }

    /** Cases after those of Antrea and OVN. */
    static ConformanceSuite antreaAndOvn() {
        return read(Path.of("src/test/resources/conformance/antrea-ovn"));
    }

    private static ConformanceSuite read(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            String world = Files.readString(folder.resolve("world.yaml"));
            List<String> components =
                    COMPONENT.matcher(world).results().map(id -> id.group(1)).toList();
            List<ConformanceCase> cases = files.filter(file -> file.toString().endsWith(CASE))
                    .sorted()
                    .map(file -> readCase(file, components))
                    .toList();
            return new ConformanceSuite(world, cases);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the cases in " + folder, e);
        }
    }

    private static ConformanceCase readCase(Path file, List<String> components) {
        String name = file.getFileName().toString();
        String test = name.substring(0, name.length() - CASE.length());
        try {
            return ConformanceCase.parse(test, Files.readString(file), components);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Where each component of the world is; cases leave them there. */
    Map<String, Place> places() {
        Map<String, Place> places = new LinkedHashMap<>();
        for (Document document : ManifestReader.read("world.yaml", world)) {
            if (document.body() instanceof Component component) {
                places.put(document.id(), Place.of(component));
            }
        }
        return places;
    }

    Stream<SubTest> subTests() {
        return cases.stream().flatMap(test -> test.subTests().stream());
    }

    int probes() {
        return cases.stream().mapToInt(ConformanceCase::probes).sum();
    }
}
