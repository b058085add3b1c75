package io.weir.control.config;

import java.util.Locale;

/** Prints {@code docs/configuration.md} from {@link ConfigKey}. */
public final class ConfigReference {
    private static final String HEAD = """
            # Configuration

            <!-- Generated from ConfigKey.java; `-Dgolden.update=true` on ConfigReferenceTest writes it again. -->

            `./weir run -c weir.yaml` reads one YAML document. `./weir validate -f weir.yaml` tells every mistake in it at once, each
            with file, line, key, value and remedy, and exits with 2; nothing starts with a wrong configuration. Unknown keys are
            mistakes. Durations are a whole number and one of `ms s m h d`.

            ```yaml
            host: hv7
            policy: {mode: off}
            ports:
              - {name: vm1, type: netdev, device: tap-vm1, vlan: {access: 10}}
              - {name: vm2, type: netdev, device: tap-vm2, vlan: {access: 10}}
              - {name: uplink, type: netdev, device: eth1, vlan: {trunk: [10, 20, 30-39], native: 1}}
            ```

            *Live* keys can be changed on a running switch, `./weir port set NAME KEY=VALUE`; the others need a restart.

            """;

    private ConfigReference() {}

    /** The whole document. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(HEAD);
        table(page, "The host", "");
        table(page, "Access", "api");
        table(page, "The bridge", "bridge");
        table(page, "Labels", "labels");
        table(page, "Peers", "peers[]");
        table(page, "Ports", "ports[]");
        return page.toString();
    }

    private static void table(StringBuilder page, String title, String section) {
        page.append("## ").append(title).append("\n\n");
        page.append("| key | values | default | change | meaning |\n| --- | --- | --- | --- | --- |\n");
        for (ConfigKey key : ConfigKey.values()) {
            if (chapter(key).equals(section)) {
                row(page, key);
            }
        }
        page.append('\n');
    }

    private static String chapter(ConfigKey key) {
        if (key.path().startsWith("ports[]")) {
            return "ports[]";
        }
        if (key.path().startsWith("peers[]")) {
            return "peers[]";
        }
        if (key.path().startsWith("api.")) {
            return "api";
        }
        if (key.path().startsWith("labels.")) {
            return "labels";
        }
        return key.path().startsWith("bridge.") ? "bridge" : "";
    }

    private static void row(StringBuilder page, ConfigKey key) {
        page.append("| `").append(key.path()).append("` | ");
        page.append(cell(key.allowed()))
                .append(" | ")
                .append(cell(key.fallbackText()))
                .append(" | ");
        page.append(key.change().name().toLowerCase(Locale.ROOT))
                .append(" | ")
                .append(cell(key.text()))
                .append(" |\n");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
