package io.weir.control.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.weir.control.config.HostConfig;
import io.weir.datapath.policy.PolicyMode;
import io.weir.datapath.port.PortSettings;

/** {@code KEY=VALUE} words laid over a port document, so that the command line takes exactly the keys of {@code weir.yaml}. */
final class PortAssignments {
    private static final Pattern LIST_KEYS = Pattern.compile("vlan\\.trunk");

    private final Map<String, Object> document;

    /** @param document what the words change, in the shape of an element of {@code ports}; changed in place */
    PortAssignments(Map<String, Object> document) {
        this.document = document;
    }

    /** Sets a key such as {@code vlan.access}; a list is separated by commas. */
    void assign(String key, String value) {
        Map<String, Object> section = document;
        String rest = key;
        for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
            section = section(section, rest.substring(0, dot));
            rest = rest.substring(dot + 1);
        }
        section.put(rest, LIST_KEYS.matcher(key).matches() ? list(value) : value);
    }

    /** Sets {@code KEY=VALUE}. */
    void assign(String word) {
        int equals = word.indexOf('=');
        if (equals < 1) {
            throw new CommandException(
                    ExitCode.BAD_INPUT, "must be KEY=VALUE: was " + word + "; write such as learning=false");
        }
        assign(word.substring(0, equals), word.substring(equals + 1));
    }

    /** Replaces all VLAN settings by {@code access=10}, {@code trunk=10,20-29;native=1} or {@code tunnel=100}. */
    void vlan(String words) {
        document.remove("vlan");
        for (String word : words.split(";", -1)) {
            assign("vlan." + word.strip());
        }
    }

    private static List<Object> list(String value) {
        List<Object> elements = new ArrayList<>();
        for (String element : value.split(",", -1)) {
            elements.add(element.strip());
        }
        return elements;
    }

    @SuppressWarnings("unchecked") // documents hold sections as maps of this type only
    private static Map<String, Object> section(Map<String, Object> parent, String word) {
        Object section = parent.computeIfAbsent(word, absent -> new LinkedHashMap<String, Object>());
        if (section instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        Map<String, Object> replacement = new LinkedHashMap<>();
        parent.put(word, replacement);
        return replacement;
    }

    /** The settings that the document now says; every mistake at once. JSON is YAML. */
    PortSettings conclude(String source, PolicyMode hostMode) {
        return HostConfig.readPort(source, Json.line(document), hostMode);
    }
}
