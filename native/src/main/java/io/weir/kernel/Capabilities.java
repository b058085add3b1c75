package io.weir.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the kernel lets this process do, and what the machine offers, read from /proc.
 *
 * <p>Threading: immutable.
 *
 * @param effective bit set of the process's effective capabilities, bit n is capability n of linux/capability.h
 * @param kernelRelease as {@code uname -r}, for example {@code 6.12.9-amd64}
 * @param hugePages pages in the huge page pool, of {@code hugePageBytes} each
 * @param hugePageBytes default size of a huge page, 0 when the kernel has none
 * @param transparentHugePages whether {@link Memory#map(long, boolean)} can get any
 */
public record Capabilities(
        long effective, String kernelRelease, long hugePages, long hugePageBytes, boolean transparentHugePages) {
    public static final int CAP_NET_ADMIN = 12;
    public static final int CAP_NET_RAW = 13;
    public static final int CAP_IPC_LOCK = 14;
    public static final int CAP_SYS_ADMIN = 21;
    public static final int CAP_BPF = 39;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path TRANSPARENT = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private static final Pattern EFFECTIVE = Pattern.compile("CapEff:\\s*([0-9a-f]+)");
    private static final Pattern HUGE_PAGES = Pattern.compile("HugePages_Total:\\s*(\\d+)");
    private static final Pattern HUGE_PAGE_KIB = Pattern.compile("Hugepagesize:\\s*(\\d+) kB");

    /** As of now; what cannot be read counts as absent. */
    public static Capabilities current() {
        String memory = text(MEMORY);
        String transparent = text(TRANSPARENT);
        return new Capabilities(
                number(EFFECTIVE, text(STATUS), 16),
                text(RELEASE).strip(),
                number(HUGE_PAGES, memory, 10),
                number(HUGE_PAGE_KIB, memory, 10) * 1024,
                transparent.contains("[always]") || transparent.contains("[madvise]"));
    }

    /** Whether a CAP_ number is in the effective set. */
    public boolean has(int capability) {
        return (effective >>> capability & 1) != 0;
    }

    private static long number(Pattern pattern, String text, int radix) {
        var matcher = pattern.matcher(text);
        return matcher.find() ? Long.parseUnsignedLong(matcher.group(1), radix) : 0L;
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException _) {
            return "";
        }
    }
}
