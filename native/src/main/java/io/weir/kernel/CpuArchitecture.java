package io.weir.kernel;

/**
 * What differs between the processors that Weir runs on: one system call number, and the packing of epoll_event.
 *
 * <p>Threading: immutable.
 */
enum CpuArchitecture {
    X86_64(321, 12, 4),
    AARCH64(280, 16, 8);

    static final CpuArchitecture CURRENT = of(System.getProperty("os.arch", ""));

    private final int bpfSyscallNumber;
    private final int epollEventLength;
    private final int epollDataOffset;

    CpuArchitecture(int bpfSyscallNumber, int epollEventLength, int epollDataOffset) {
        this.bpfSyscallNumber = bpfSyscallNumber;
        this.epollEventLength = epollEventLength;
        this.epollDataOffset = epollDataOffset;
    }

    static CpuArchitecture of(String name) {
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default ->
                throw new UnsupportedOperationException(
                        "processor architecture '" + name + "': Weir runs on x86_64 and aarch64");
        };
    }

    int bpfSyscallNumber() {
        return bpfSyscallNumber;
    }

    int epollEventLength() {
        return epollEventLength;
    }

    int epollDataOffset() {
        return epollDataOffset;
    }
}
