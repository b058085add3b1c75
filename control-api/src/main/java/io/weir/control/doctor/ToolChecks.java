package io.weir.control.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Debian packages that single verbs need. */
final class ToolChecks {
    private static final List<Path> LIBRARY_FOLDERS =
            List.of(Path.of("/usr/lib"), Path.of("/lib"), Path.of("/usr/lib64"));
    private static final String LIBPCAP = "libpcap.so*";

    private ToolChecks() {}

    static List<Finding> all() {
        // Administrators' folders are missing from many users' paths, and ip stands there.
        String path = String.join(File.pathSeparator, System.getenv().getOrDefault("PATH", ""), "/usr/sbin", "/sbin");
        return List.of(
                libpcap(LIBRARY_FOLDERS),
                program(path, "iproute2", "ip"),
                program(path, "qemu-system-x86", "qemu-system-x86_64"));
    }

    static Finding program(String searchPath, String debianPackage, String program) {
        for (String folder : searchPath.split(File.pathSeparator, -1)) {
            Path file = Path.of(folder, program);
            if (!folder.isEmpty() && Files.isExecutable(file)) {
                return Finding.ok(debianPackage, file.toString());
            }
        }
        return Finding.warn(
                debianPackage, program + " is missing: demo and test need it", "apt-get install " + debianPackage);
    }

    static Finding libpcap(List<Path> folders) {
        return folders.stream()
                .flatMap(folder -> Stream.concat(
                        matching(folder, LIBPCAP).stream(),
                        matching(folder, "*-linux-*").stream().flatMap(sub -> matching(sub, LIBPCAP).stream())))
                .findFirst()
                .map(file -> Finding.ok("libpcap", file.toString()))
                .orElseGet(() ->
                        Finding.warn("libpcap", "is missing: capture --filter needs it", "apt-get install libpcap0.8"));
    }

    private static List<Path> matching(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            files.forEach(found::add);
        } catch (IOException absent) {
            return List.of();
        }
        return found;
    }
}
