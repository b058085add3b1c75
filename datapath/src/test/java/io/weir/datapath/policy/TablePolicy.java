package io.weir.datapath.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.weir.datapath.pipeline.DropReason;

/**
 * A policy of a few lines of text, for tests: one rule a line, the first that matches wins, both sides at once.
 *
 * <pre>
 *   component NAME PORT MAC|- VLAN|- IP|-                      one instance; a name may have several
 *   ACTION[,OPTION...] FROM TO L4                              FROM, TO: a name or *     L4: *, tcp/80, udp/*, icmp/8, ether
 *     ACTION: allow, drop, drop-in, reject, redirect=PORT, egress-only (so that the other side has no rule)
 *     OPTION: mirror=PORT, limits=N, until=NS, reset, drain, keep, audit
 *   limits N connections=N new=N bits=N packets=N              number and scope are the same
 *   quarantined NAME | assurance-too-low NAME | label-denied NAME | label-type-denied NAME
 *   levels NAME N,N...                                         levels it may have by number, the first its lowest; else any, and none
 *   port-levels PORT N,N...                                    levels that may leave by the port; else any
 *   unproven N                                                 level of what a tunnel brings that proves none; else none
 *   numbers N                                                  numbers are the bits of levels, and higher by so many
 *   level NAME LEVEL                                           of its flows that prove none, as s2:c1.c3
 * </pre>
 *
 * <p>Rules are numbered by their line. Without a rule, egress of the source denies. An end that is no component is UNKNOWN, WORLD
 * or HOST by its port's role, with the names unknown, world and host.
 */
public final class TablePolicy implements Policy {
    private static final int ANY = -2;
    private static final int LABEL_DENIED = DropReason.LABEL_DENIED.code();
    private static final int LABEL_TYPE_DENIED = DropReason.LABEL_TYPE_DENIED.code();

    /** As in a process: numbers never change, whatever the epoch. */
    public static final TestLevels LEVELS = new TestLevels(1000);

    private record Instance(String component, int port, long mac, int vlan, long high, long low) {
        boolean saysIp() {
            return (high | low) != 0;
        }
    }

    private record Rule(
            int number, String action, Map<String, String> options, String from, String to, int protocol, int port) {}

    private final int epoch;
    private final List<String> portNames = new ArrayList<>();
    private final List<Instance> instances = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Map<Integer, Limits> limits = new HashMap<>();
    private final Map<String, Integer> marked = new HashMap<>();
    private final Map<String, List<Integer>> levels = new HashMap<>();
    private final Map<Integer, List<Integer>> portLevels = new HashMap<>();
    private int numbersFrom = -1;
    private int unproven;
    private final Map<String, Integer> lowest = new HashMap<>();

    public TablePolicy(int epoch, String text) {
        this.epoch = epoch;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                line(number, line.strip().split(" +"));
            }
        }
    }

    private void line(int number, String[] words) {
        switch (words[0]) {
            case "component" -> component(words);
            case "limits" -> limits(words);
            case "quarantined" -> marked.put(words[1], DropReason.QUARANTINED.code());
            case "assurance-too-low" -> marked.put(words[1], DropReason.ASSURANCE_TOO_LOW.code());
            case "label-denied" -> marked.put(words[1], LABEL_DENIED);
            case "label-type-denied" -> marked.put(words[1], LABEL_TYPE_DENIED);
            case "numbers" -> numbersFrom = Integer.parseInt(words[1]);
            case "unproven" -> unproven = Integer.parseInt(words[1]);
            case "levels" -> levels.put(words[1], numbers(words[2]));
            case "port-levels" -> portLevels.put(portId(words[1]), numbers(words[2]));
            case "level" -> lowest.put(words[1], LEVELS.number(words[2]));
            default -> rule(number, words);
        }
    }

    private static List<Integer> numbers(String text) {
        return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
    }

    private void component(String[] words) {
        if (!names.contains(words[1])) {
            names.add(words[1]);
        }
        long mac = words[3].equals("-") ? 0 : Long.parseLong(words[3].replace(":", ""), 16);
        int vlan = words[4].equals("-") ? 0 : Integer.parseInt(words[4]);
        long[] ip = words[5].equals("-") ? new long[2] : address(words[5]);
        instances.add(new Instance(words[1], portId(words[2]), mac, vlan, ip[0], ip[1]));
    }

    /** An address as {@link FlowKey} has it. */
    public static long[] address(String text) {
        try {
            byte[] bytes = InetAddress.getByName(text).getAddress();
            return bytes.length == 4
                    ? new long[] {0, 0xFFFF_0000_0000L | (ByteBuffer.wrap(bytes).getInt() & 0xFFFF_FFFFL)}
                    : new long[] {
                        ByteBuffer.wrap(bytes).getLong(), ByteBuffer.wrap(bytes).getLong(8)
                    };
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private void limits(String[] words) {
        Map<String, String> said = options(words, 2);
        int number = Integer.parseInt(words[1]);
        limits.put(
                number,
                new Limits(
                        number,
                        Integer.parseInt(said.getOrDefault("new", "0")),
                        Integer.parseInt(said.getOrDefault("connections", "0")),
                        Long.parseLong(said.getOrDefault("bits", "0")),
                        Integer.parseInt(said.getOrDefault("packets", "0")),
                        null));
    }

    private static Map<String, String> options(String[] words, int from) {
        Map<String, String> options = new HashMap<>();
        for (int i = from; i < words.length; i++) {
            String[] parts = words[i].split("=", -1);
            options.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        return options;
    }

    private void rule(int number, String[] words) {
        String[] actions = words[0].split(",", -1);
        Map<String, String> options = options(actions, 0);
        String[] l4 = words[3].split("/", -1);
        int protocol = switch (l4[0]) {
            case "*" -> ANY;
            case "tcp" -> 6;
            case "udp" -> 17;
            case "icmp" -> 1;
            case "icmpv6" -> 58;
            case "ether" -> FlowKey.NOT_IP;
            default -> Integer.parseInt(l4[0]);
        };
        int port = l4.length < 2 || l4[1].equals("*") ? ANY : Integer.parseInt(l4[1]);
        if (protocol == 1 || protocol == 58) {
            port = port == ANY ? ANY : port << 8;
        }
        rules.add(new Rule(number, actions[0].split("=", -1)[0], options, words[1], words[2], protocol, port));
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public int portId(String portName) {
        if (!portNames.contains(portName)) {
            portNames.add(portName);
        }
        return portNames.indexOf(portName) + 1;
    }

    @Override
    public String portName(int portId) {
        return portNames.get(portId - 1);
    }

    /** Number of the component. */
    public int identity(String name) {
        return Identity.FIRST_COMPONENT + names.indexOf(name);
    }

    @Override
    public int guard(FlowKey sender) {
        return sender.ingressRole() == PortRole.VM ? guardVm(sender) : guardOther(sender);
    }

    private int guardVm(FlowKey sender) {
        boolean any = false;
        boolean mac = false;
        boolean vlan = false;
        for (Instance instance : instances) {
            if (instance.port != sender.ingressPort()) {
                continue;
            }
            any = true;
            if (instance.mac == 0 || instance.mac == sender.sourceMac()) {
                mac = true;
                if (instance.vlan == 0 || instance.vlan == sender.vlan()) {
                    vlan = true;
                    boolean ip = sender.protocol() == FlowKey.NOT_IP
                            || !instance.saysIp()
                            || (instance.high == sender.sourceHigh() && instance.low == sender.sourceLow());
                    if (ip) {
                        return 0;
                    }
                }
            }
        }
        DropReason reason = vlan ? DropReason.SPOOFED_IP : mac ? DropReason.SPOOFED_VLAN : DropReason.SPOOFED_MAC;
        return any ? reason.code() : 0;
    }

    private int guardOther(FlowKey sender) {
        for (Instance instance : instances) {
            if (instance.port == sender.ingressPort()) {
                continue;
            }
            if (instance.mac != 0 && instance.mac == sender.sourceMac()) {
                return DropReason.SPOOFED_MAC.code();
            }
            boolean ip = sender.protocol() != FlowKey.NOT_IP && instance.saysIp();
            if (ip && instance.high == sender.sourceHigh() && instance.low == sender.sourceLow()) {
                return DropReason.SPOOFED_IP.code();
            }
        }
        return 0;
    }

    @Override
    public void evaluate(FlowKey flow, long nowNs, Verdict verdict) {
        verdict.begin(epoch);
        String from = end(flow.ingressPort(), flow.ingressRole(), flow.sourceMac(), flow, true);
        String to = end(flow.egressPort(), flow.egressRole(), flow.destinationMac(), flow, false);
        verdict.identities(number(from), number(to));
        verdict.label(level(flow, from));
        boolean has = mayHave(from, verdict.label()) && mayHave(to, verdict.label());
        if (!has || !mayLeave(verdict.label(), flow.ingressPort()) || !mayLeave(verdict.label(), flow.egressPort())) {
            deny(flow, verdict, Action.DROP, LABEL_DENIED, 0);
            return;
        }
        int mark = marked.getOrDefault(from, marked.getOrDefault(to, 0));
        if (mark != 0) {
            deny(flow, verdict, Action.DROP, mark, 0);
            return;
        }
        Rule rule = match(from, to, flow, nowNs, verdict);
        if (rule != null) {
            apply(rule, flow, verdict);
        } else if (from.equals("unknown") || to.equals("unknown")) {
            deny(flow, verdict, Action.DROP, DropReason.IDENTITY_UNKNOWN.code(), 0);
        } else {
            deny(flow, verdict, Action.DROP, DropReason.EGRESS_NO_RULE.code(), 0);
        }
    }

    private @Nullable Rule match(String from, String to, FlowKey flow, long nowNs, Verdict verdict) {
        for (Rule rule : rules) {
            boolean matches = (rule.from.equals("*") || rule.from.equals(from))
                    && (rule.to.equals("*") || rule.to.equals(to))
                    && (rule.protocol == ANY || rule.protocol == flow.protocol())
                    && (rule.port == ANY || rule.port == flow.destinationPort());
            if (matches && active(rule, nowNs, verdict)) {
                return rule;
            }
        }
        return null;
    }

    private static boolean active(Rule rule, long nowNs, Verdict verdict) {
        long untilNs = Long.parseLong(rule.options.getOrDefault("until", "0"));
        if (untilNs == 0 || nowNs < untilNs) {
            verdict.limitValidity(untilNs == 0 ? Verdict.FOR_EVER : untilNs);
            verdict.resetAtEnd(rule.options.containsKey("reset"));
            return true;
        }
        return false;
    }

    private void apply(Rule rule, FlowKey flow, Verdict verdict) {
        verdict.egressRule(rule.number);
        verdict.ingressRule(rule.number);
        boolean audit = rule.options.containsKey("audit");
        switch (rule.action) {
            case "drop" -> deny(flow, verdict, Action.DROP, DropReason.EGRESS_DENIED.code(), rule.number, audit);
            case "drop-in" -> deny(flow, verdict, Action.DROP, DropReason.INGRESS_DENIED.code(), rule.number, audit);
            case "reject" -> deny(flow, verdict, Action.REJECT, DropReason.EGRESS_DENIED.code(), rule.number, audit);
            case "egress-only" -> deny(flow, verdict, Action.DROP, DropReason.INGRESS_NO_RULE.code(), 0, audit);
            case "redirect" -> {
                verdict.decide(Action.REDIRECT, DropReason.EGRESS_DENIED.code());
                verdict.redirectPort(portId(rule.options.getOrDefault("redirect", "")));
            }
            case "allow" -> {}
            default -> throw new IllegalArgumentException(rule.action);
        }
        if (rule.options.containsKey("mirror")) {
            verdict.mirrorPort(portId(rule.options.getOrDefault("mirror", "")));
        }
        verdict.limits(Integer.parseInt(rule.options.getOrDefault("limits", "0")));
        verdict.onChange(
                rule.options.containsKey("keep")
                        ? Verdict.KEEP
                        : rule.options.containsKey("drain") ? Verdict.DRAIN : Verdict.REEVALUATE);
    }

    private static void deny(FlowKey flow, Verdict verdict, int action, int reason, int rule) {
        deny(flow, verdict, action, reason, rule, false);
    }

    private static void deny(FlowKey flow, Verdict verdict, int action, int reason, int rule, boolean audit) {
        boolean enforced = reason == LABEL_DENIED
                || reason == LABEL_TYPE_DENIED
                || flow.ingressMode() == PolicyMode.ENFORCE
                || flow.egressMode() == PolicyMode.ENFORCE;
        if (enforced && !audit) {
            verdict.decide(action, reason);
        } else {
            verdict.audit(action, reason, rule);
        }
    }

    private String end(int port, PortRole role, long mac, FlowKey flow, boolean source) {
        long high = source ? flow.sourceHigh() : flow.destinationHigh();
        long low = source ? flow.sourceLow() : flow.destinationLow();
        for (Instance instance : instances) {
            boolean matches = instance.port == port
                    && (instance.mac == 0 || instance.mac == mac || (!source && (mac & 0x0100_0000_0000L) != 0))
                    && (instance.vlan == 0 || instance.vlan == flow.vlan())
                    && (!instance.saysIp() || (high | low) == 0 || (instance.high == high && instance.low == low));
            if (matches) {
                return instance.component;
            }
        }
        return switch (role) {
            case VM -> "unknown";
            case UPLINK -> "world";
            case HOST -> "host";
        };
    }

    private int number(String name) {
        return switch (name) {
            case "unknown" -> Identity.UNKNOWN;
            case "world" -> Identity.WORLD;
            case "host" -> Identity.HOST;
            default -> identity(name);
        };
    }

    @Override
    public boolean couldTalk(FlowKey ends, long nowNs) {
        String from = end(ends.ingressPort(), ends.ingressRole(), ends.sourceMac(), ends, true);
        String to = end(ends.egressPort(), ends.egressRole(), ends.destinationMac(), ends, false);
        int level = level(ends);
        boolean enforced = ends.ingressMode() == PolicyMode.ENFORCE || ends.egressMode() == PolicyMode.ENFORCE;
        return mayHave(from, level)
                && mayHave(to, level)
                && (!enforced
                        || rules.stream()
                                .anyMatch(rule -> !rule.action.startsWith("drop")
                                        && (between(rule, from, to) || between(rule, to, from))));
    }

    private static boolean between(Rule rule, String from, String to) {
        return (rule.from.equals("*") || rule.from.equals(from)) && (rule.to.equals("*") || rule.to.equals(to));
    }

    @Override
    public boolean bindsDestination(FlowKey ends) {
        return instances.stream()
                .anyMatch(instance -> instance.port == ends.egressPort()
                        && instance.saysIp()
                        && instance.high == ends.destinationHigh()
                        && instance.low == ends.destinationLow());
    }

    @Override
    public Levels levels() {
        return numbersFrom < 0 && levels.isEmpty() ? LEVELS : new Numbers(Math.max(0, numbersFrom));
    }

    /** The number of a level is made of its bits: its sensitivity, and of its categories the lowest twelve. */
    private record Numbers(int from) implements Levels {
        @Override
        public int number(WireLevel level) {
            return from + (level.sensitivity() | (int) level.word(0) << 4);
        }

        @Override
        public void read(int number, WireLevel level) {
            int bits = number - from;
            level.begin(bits & WireLevel.MAX_SENSITIVITY).word(0, bits >>> 4);
        }
    }

    @Override
    public int level(FlowKey ends) {
        String from = end(ends.ingressPort(), ends.ingressRole(), ends.sourceMac(), ends, true);
        String to = end(ends.egressPort(), ends.egressRole(), ends.destinationMac(), ends, false);
        int own = level(ends, from);
        if (own == 0 || ends.label() != 0 || mayHave(to, own)) {
            return own;
        }
        int others = levels.getOrDefault(to, List.of(own)).get(0);
        return mayHave(from, others) ? others : own;
    }

    private int level(FlowKey flow, String from) {
        return flow.label() != 0
                ? flow.label()
                : levels.getOrDefault(from, List.of(lowest.getOrDefault(from, 0)))
                        .get(0);
    }

    private boolean mayHave(String component, int level) {
        List<Integer> its = levels.get(component);
        return its == null || its.contains(level);
    }

    @Override
    public int unprovenLevel() {
        return unproven;
    }

    @Override
    public boolean mayLeave(int level, int portId) {
        List<Integer> its = portLevels.get(portId);
        return level == 0 || its == null || its.contains(level);
    }

    @Override
    public @Nullable Limits limits(int number) {
        return limits.get(number);
    }
}
