package io.weir.control.config;

import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.weir.datapath.port.VlanSettings;
import io.weir.datapath.port.VlanSettings.Mode;

/** Reads the {@code vlan} section of a port. */
final class VlanConfig {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    private final Section vlan;

    VlanConfig(Section vlan) {
        this.vlan = vlan;
    }

    /** The settings; empty, with problems reported, when they contradict each other. */
    Optional<VlanSettings> read() {
        boolean access = vlan.has(ConfigKey.VLAN_ACCESS);
        boolean tunnel = vlan.has(ConfigKey.VLAN_TUNNEL);
        boolean trunk = vlan.has(ConfigKey.VLAN_TRUNK) || vlan.has(ConfigKey.VLAN_NATIVE);
        if ((access && tunnel) || (access && trunk) || (tunnel && trunk)) {
            vlan.problem(
                    access ? ConfigKey.VLAN_ACCESS : ConfigKey.VLAN_TUNNEL,
                    "access, trunk (with native) and tunnel exclude each other",
                    "keep one of them");
            return Optional.empty();
        }
        Mode mode = tunnel ? Mode.TUNNEL : trunk ? Mode.TRUNK : Mode.ACCESS;
        int vid = vlan.integer(
                switch (mode) {
                    case ACCESS -> ConfigKey.VLAN_ACCESS;
                    case TRUNK -> ConfigKey.VLAN_NATIVE;
                    case TUNNEL -> ConfigKey.VLAN_TUNNEL;
                });
        int tagType = tagType(mode);
        BitSet vlans = trunk();
        boolean unusable = vid == 0 && mode != Mode.TRUNK;
        return unusable ? Optional.empty() : Optional.of(new VlanSettings(mode, vid, vlans, tagType));
    }

    private int tagType(Mode mode) {
        String text = vlan.text(ConfigKey.VLAN_TAG_TYPE).orElse(mode == Mode.TUNNEL ? "0x88a8" : "0x8100");
        if (text.equalsIgnoreCase("0x88a8")) {
            return VlanSettings.TAG_SERVICE;
        }
        if (!text.equals("0x8100")) {
            vlan.problem(ConfigKey.VLAN_TAG_TYPE, "must be 0x8100 or 0x88a8: was " + text, "choose one of them");
        }
        return VlanSettings.TAG_CUSTOMER;
    }

    private BitSet trunk() {
        BitSet vlans = new BitSet();
        for (String text : vlan.texts(ConfigKey.VLAN_TRUNK)) {
            Matcher range = RANGE.matcher(text);
            int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
            int last = first > 0 && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
            if (first < VlanSettings.MIN_VLAN || last > VlanSettings.MAX_VLAN || last < first) {
                vlan.problem(
                        ConfigKey.VLAN_TRUNK,
                        "must be VLANs from 1 to 4094 or ranges of them: was " + text,
                        "write such as [10, 20, 30-39]");
            } else {
                vlans.set(first, last + 1);
            }
        }
        return vlans;
    }
}
