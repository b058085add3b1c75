package io.weir.control.doctor;

/**
 * What one check found.
 *
 * @param check kebab-case name of the check
 * @param level how bad it is
 * @param detail what was found, one line
 * @param remedy what to do; empty when all is well
 */
public record Finding(String check, Level level, String detail, String remedy) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** Works without, but slower, or one verb does not. */
        WARN,
        /** The switch cannot work. */
        FAIL
    }

    static Finding ok(String check, String detail) {
        return new Finding(check, Level.OK, detail, "");
    }

    static Finding warn(String check, String detail, String remedy) {
        return new Finding(check, Level.WARN, detail, remedy);
    }

    static Finding fail(String check, String detail, String remedy) {
        return new Finding(check, Level.FAIL, detail, remedy);
    }
}
