package io.weir.perf.compare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The bench's own C programs, compiled on the machine that they measure. */
final class CPrograms {
    private CPrograms() {}

    /** Compiles {@code NAME.c} into {@code directory} and answers with the program. */
    static Path compile(String name, Path directory) {
        Path source = directory.resolve(name + ".c");
        Path program = directory.resolve(name);
        try (InputStream text = CPrograms.class.getResourceAsStream(name + ".c")) {
            if (text == null) {
                throw new BenchException("%s.c is not on the class path: rebuild perf".formatted(name));
            }
            Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new BenchException("cannot write " + source, e);
        }
        Command.run("gcc", "-O2", "-Wall", "-pthread", "-o", program.toString(), source.toString());
        return program;
    }
}
