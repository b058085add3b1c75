package io.weir.datapath.capture;

import java.io.IOException;

/** A capture file that cannot be what it claims. An expected failure, so it carries no stack trace. */
public final class CaptureFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    /**
     * @param file name of the file
     * @param offset bytes from the file's begin to what is wrong
     * @param what what is wrong there, with the value
     * @param remedy what the operator can do
     */
    CaptureFileException(String file, long offset, String what, String remedy) {
        super(file + ": at byte " + offset + ": " + what + "; " + remedy);
        this.offset = offset;
    }

    /** Bytes from the file's begin to what is wrong. */
    public long offset() {
        return offset;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
