package io.weir.control.access;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host and a TCP port as people write them: {@code hv7:7443}, {@code 192.0.2.1:7443}, {@code [2001:db8::1]:7443}. */
public final class HostPort {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.%a-z]+)]|([^\\[\\]:/\\s]+)):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;

    private HostPort() {}

    /** The address, not yet looked up; empty when the text is none. */
    public static Optional<InetSocketAddress> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > MAX_PORT) {
            return Optional.empty();
        }
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return Optional.of(InetSocketAddress.createUnresolved(host, Integer.parseInt(parts.group(3))));
    }
}
