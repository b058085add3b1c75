package io.weir.datapath.port;

/** A port that cannot be as asked for: the message says what, the value, and the remedy. An expected failure, so without stack trace. */
public final class PortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String remedy;
    private final boolean deviceMissing;

    /**
     * @param message what is wrong, with the value
     * @param remedy what the operator can do
     */
    public PortException(String message, String remedy) {
        this(message, remedy, false);
    }

    private PortException(String message, String remedy, boolean deviceMissing) {
        super(message + "; " + remedy, null, false, false);
        this.reason = message;
        this.remedy = remedy;
        this.deviceMissing = deviceMissing;
    }

    /** The interface does not exist: the port may wait for it. */
    public static PortException deviceMissing(String message, String remedy) {
        return new PortException(message, remedy, true);
    }

    /** Whether nothing is wrong but that the interface does not exist yet. */
    public boolean deviceMissing() {
        return deviceMissing;
    }

    /** What is wrong, with the value. */
    public String reason() {
        return reason;
    }

    /** What the operator can do. */
    public String remedy() {
        return remedy;
    }
}
