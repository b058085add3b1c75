package io.weir.perf.jmh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.openjdk.jmh.Main;

/** {@code weir bench --jmh [REGEX] [JMH OPTION...]}: JMH's own command line, with the gc profiler always on. */
public final class MicroBenchmarks {
    private MicroBenchmarks() {}

    /** Runs JMH in this process, which forks a JVM of its own for every benchmark. */
    public static void main(String[] arguments) throws IOException {
        Main.main(withProfiler(Arrays.asList(arguments)).toArray(String[]::new));
    }

    /** JMH's arguments: allocation per operation is asked for unless the caller already does. */
    static List<String> withProfiler(List<String> arguments) {
        List<String> line = new ArrayList<>(arguments);
        boolean asked = false;
        for (int i = 0; i + 1 < arguments.size(); i++) {
            asked |= arguments.get(i).equals("-prof") && arguments.get(i + 1).equals("gc");
        }
        if (!asked) {
            line.addAll(List.of("-prof", "gc"));
        }
        return line;
    }
}
