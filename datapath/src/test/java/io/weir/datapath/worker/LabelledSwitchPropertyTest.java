package io.weir.datapath.worker;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;

import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.TablePolicy;
import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.SwitchSettings;
import io.weir.datapath.worker.LabelledTunnels.Left;

import static io.weir.datapath.worker.FlowFrames.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random frames at random levels between guests and tunnels, under policies that change: nothing is lost from the account; what a
 * packet that proves a level causes leaves at that level, whatever it is; what one that proves none causes leaves at the lowest
 * level of its sender or at that of a session between its ends; and no level goes to whom it may not.
 */
class LabelledSwitchPropertyTest {
    private static final int FRAMES = 300;
    private static final int LEVELS = 4;
    private static final List<String> PORTS = List.of("a", "b", "t", "l");
    private static final long[] MACS = {MAC_A, MAC_B, MAC_C};
    private static final String[] MODES = {"enforce", "enforce", "enforce", "audit"};
    private static final String[] RULES = {
        "allow * * *",
        "allow * * udp/*",
        "allow web * *",
        "allow world web tcp/*",
        "allow,mirror=l web db *",
        "reject * * tcp/2",
        "redirect=l * db udp/1",
        "allow,keep * * *",
        "drop * * udp/2",
        "allow * * ether"
    };

    private static long leftInAll;
    private static long labelDeniedInAll;
    private static long atOtherThanLowest;

    private Random random = new Random(0);
    private LabelledTunnels tunnels = new LabelledTunnels();
    private int epoch;
    private List<Integer> webLevels = List.of();
    private List<Integer> dbLevels = List.of();

    @Property(tries = 120)
    void shouldNeverLetAFlowChangeItsLevel(@ForAll long seed) {
        random = new Random(seed);
        tunnels = new LabelledTunnels();
        String mode = MODES[random.nextInt(MODES.length)];
        List<PortSettings> ports = PortLines.parse("a access 10 %s esp\nb access 10 %s esp\n".formatted(mode, mode)
                + "t access 10 %s esp role uplink\nl access 99 esp\n".formatted(mode));
        long nowNs = 1_000_000_000L;
        int left = 0;
        try (OfflineSwitch weir = new OfflineSwitch(SwitchSettings.DEFAULT.withSessions(1024), ports, tunnels)) {
            for (int i = 0; i < FRAMES; i++) {
                if (i % 25 == 0) {
                    weir.policy(nextPolicy());
                    // So that what leaves because of it is not taken for what a frame has caused.
                    weir.pass(nowNs);
                    left += tunnels.left().size();
                }
                nowNs += random.nextInt(20_000_000);
                left += step(weir, nowNs);
            }
            new SwitchCounters(weir, PORTS).assertConserved(FRAMES, left);
            labelDeniedInAll += weir.drops(DropReason.LABEL_DENIED);
        }
        leftInAll += left;
    }

    @AfterProperty
    void requireThatMuchHappened() {
        assertTrue(leftInAll > 5_000, leftInAll + " frames left in all tries together");
        assertTrue(labelDeniedInAll > 500, labelDeniedInAll + " denied for their level in all tries together");
        assertTrue(atOtherThanLowest > 100, atOtherThanLowest + " replies at a level that they do not prove");
    }

    private int step(OfflineSwitch weir, long nowNs) {
        int from = random.nextInt(MACS.length);
        int to = (from + 1 + random.nextInt(MACS.length - 1)) % MACS.length;
        int level = from == 2 || random.nextInt(4) == 0 ? 1 + random.nextInt(LEVELS) : 0;
        byte[] frame = frame(MACS[from], MACS[to]);
        Set<Integer> may =
                level != 0 ? Set.of(level) : isArp(frame) ? Set.copyOf(levelsOf(from)) : levelsOf(weir, from);

        tunnels.arrive(PORTS.get(from), frame, level);
        weir.poll(PORTS.get(from), nowNs);

        List<Left> left = tunnels.left();
        for (Left one : left) {
            assertTrue(may.contains(one.level()), () -> "at " + one.level() + " and not one of " + may);
            assertTrue(mayHave(one.port(), one.level()) || one.port().equals(PORTS.get(from)), one.port());
            atOtherThanLowest += level == 0 && !isArp(frame) && one.level() != lowest(from) ? 1 : 0;
        }
        return left.size();
    }

    private boolean mayHave(String port, int level) {
        return switch (port) {
            case "a" -> webLevels.contains(level);
            case "b" -> dbLevels.contains(level);
            default -> true;
        };
    }

    /** ARP travels at the sender's lowest level, or where a flow could pass only the other way, at the receiver's. */
    private static boolean isArp(byte[] frame) {
        return frame[12] == 0x08 && frame[13] == 0x06;
    }

    private List<Integer> levelsOf(int from) {
        return from == 0 ? webLevels : dbLevels;
    }

    private int lowest(int from) {
        return levelsOf(from).getFirst();
    }

    /** Levels of a guest's packet that proves none. */
    private Set<Integer> levelsOf(OfflineSwitch weir, int from) {
        Set<Integer> levels = new HashSet<>(Set.of(lowest(from)));
        for (SessionInfo session : weir.sessions(2_000)) {
            boolean its = session.sourceMac() == MACS[from] || session.destinationMac() == MACS[from];
            if (its) {
                levels.add(session.label());
            }
        }
        return levels;
    }

    private byte[] frame(long from, long to) {
        int sourcePort = 1 + random.nextInt(2);
        int destinationPort = 1 + random.nextInt(2);
        return switch (random.nextInt(10)) {
            case 0 -> opaque(from, random.nextBoolean() ? to : BROADCAST);
            case 1 -> Traffic.arpRequest(from, ip(from), ip(to));
            case 2 -> tcp(from, to, sourcePort, destinationPort, SYN, 100, 0);
            case 3 -> tcp(from, to, sourcePort, destinationPort, SYN | ACK, 500, 101);
            case 4 -> tcp(from, to, sourcePort, destinationPort, ACK, 101, 501);
            case 5 -> fragment(from, to, destinationPort, random.nextBoolean());
            case 6 -> icmpError(from, to, 3, 3, udp(to, from, destinationPort, sourcePort));
            default -> udp(from, to, sourcePort, destinationPort);
        };
    }

    private TablePolicy nextPolicy() {
        webLevels = someLevels();
        dbLevels = someLevels();
        StringBuilder text =
                new StringBuilder("component web a 02:00:00:00:00:0a - -\ncomponent db b 02:00:00:00:00:0b - -\n");
        text.append("levels web ").append(text(webLevels)).append('\n');
        // Whoever a frame is flooded to although it is meant for another.
        text.append("levels unknown 9\n");
        text.append("levels db ").append(text(dbLevels)).append('\n');
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            text.append(RULES[random.nextInt(RULES.length)]).append('\n');
        }
        return new TablePolicy(++epoch, text.toString());
    }

    private static String text(List<Integer> levels) {
        return String.join(",", levels.stream().map(String::valueOf).toList());
    }

    private List<Integer> someLevels() {
        List<Integer> some = random.ints(1, LEVELS + 1)
                .distinct()
                .limit(1L + random.nextInt(LEVELS))
                .boxed()
                .toList();
        assertEquals(some.size(), new HashSet<>(some).size());
        return some;
    }
}
