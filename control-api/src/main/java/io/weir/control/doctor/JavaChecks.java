package io.weir.control.doctor;

import java.util.List;

/** The Java that runs Weir. */
final class JavaChecks {
    private static final int FEATURE = 25;

    private JavaChecks() {}

    static List<Finding> all() {
        return List.of(
                version(Runtime.version().feature()),
                flags(),
                cpus(Runtime.getRuntime().availableProcessors()));
    }

    static Finding version(int feature) {
        String detail = "Java " + feature + " (" + Runtime.version() + ")";
        return feature == FEATURE
                ? Finding.ok("java", detail)
                : Finding.fail("java", detail, "run Weir on Java 25: install temurin-25-jdk or set JAVA_HOME");
    }

    private static Finding flags() {
        boolean exported = Object.class.getModule().isExported("jdk.internal.misc", JavaChecks.class.getModule());
        return exported
                ? Finding.ok("java-flags", "off-heap memory is open to Agrona")
                : Finding.fail(
                        "java-flags",
                        "java.base does not export jdk.internal.misc",
                        "start through ./weir, which passes --add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    static Finding cpus(int count) {
        return count > 1
                ? Finding.ok("cpus", count + " processors")
                : Finding.warn("cpus", "1 processor", "add a second one: guests and the switch share this one");
    }
}
