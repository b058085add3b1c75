package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;

import io.weir.datapath.firewall.FlowRecord;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.policy.Action;
import io.weir.datapath.policy.TablePolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The laws of {@link RandomSwitch} for ports under any policy that changes every few frames; and: each verdict belongs to the
 * epoch in force, and the deny table accounts for exactly the frames that the stages of the policy have dropped,
 * apart from the copies of others that it denies.
 */
class PolicedSwitchPropertyTest {
    private static final int FRAMES = 150;
    private static final int FRAMES_PER_EPOCH = 7;
    private static final List<String> WORDS = List.of(
            "",
            "audit",
            "enforce",
            "enforce",
            "enforce",
            "enforce role uplink",
            "enforce dhcp client",
            "enforce dhcp server");
    private static final String[] ACTIONS = {
        "allow", "allow", "allow", "allow,keep", "allow,drain,reset", "drop", "reject", "drop-in"
    };
    private static final String[] L4 = {"*", "tcp/*", "udp/*", "icmp/8", "ether", "17/*"};

    private final List<String> faults = new ArrayList<>();
    private final Map<DropReason, Long> denied = new EnumMap<>(DropReason.class);
    private int frames;
    private int epoch;
    private static long recordedInAll;
    private static long copiesInAll;

    @Property(tries = 150, seed = "4711")
    void shouldKeepItsLawsUnderAnyPolicy(@ForAll long seed) {
        RandomSwitch random = new RandomSwitch(seed, WORDS);
        faults.clear();
        denied.clear();
        frames = 0;
        epoch = 0;

        RandomSwitch.run(random.ports(), random.arrivals(FRAMES), weir -> before(weir, random), this::inTheEnd);

        assertEquals(List.of(), faults);
    }

    private void before(OfflineSwitch weir, RandomSwitch random) {
        drain(weir);
        if (frames++ % FRAMES_PER_EPOCH == FRAMES_PER_EPOCH - 1) {
            weir.policy(new TablePolicy(++epoch, rules(random)));
        }
    }

    private void drain(OfflineSwitch weir) {
        weir.drainFlows(record -> {
            boolean judgedNow = record.kind() != FlowRecord.ENDED;
            if (judgedNow && record.epoch() != epoch) {
                faults.add(
                        "kind " + record.kind() + " of epoch " + record.epoch() + " while " + epoch + " is in force");
            }
        });
        weir.drainDenies(record -> {
            if (record.epoch() != epoch) {
                faults.add("denial of epoch " + record.epoch() + " while " + epoch + " is in force");
            }
            if (record.copies()) {
                copiesInAll += record.packets();
                if (record.action() != Action.DROP) {
                    faults.add("copies denied by " + Action.name(record.action()));
                }
            } else if (record.action() != Action.ALLOW) {
                recordedInAll += record.packets();
                denied.merge(DropReason.ofCode(record.reason()), record.packets(), Long::sum);
            }
        });
    }

    @AfterProperty
    void requireThatMuchWasDenied() {
        assertTrue(recordedInAll > 1_000, recordedInAll + " denials in all tries together");
        assertTrue(copiesInAll > 100, copiesInAll + " denials of copies in all tries together");
    }

    private static String rules(RandomSwitch random) {
        StringBuilder rules = new StringBuilder();
        int bound = random.next(3);
        for (int i = 0; i < bound; i++) {
            rules.append("component c%d p%d 02:00:00:00:00:0%c - -%n".formatted(i, i, "abcd".charAt(i)));
        }
        for (int i = random.next(6); i > 0; i--) {
            rules.append(ACTIONS[random.next(ACTIONS.length)])
                    .append(random.next(3) == 0 ? " * " : " c0 ")
                    .append(random.next(2) == 0 ? "* " : "c1 ")
                    .append(L4[random.next(L4.length)])
                    .append('\n');
        }
        return rules.append(random.next(2) == 0 ? "allow * * *\n" : "").toString();
    }

    private void inTheEnd(OfflineSwitch weir) {
        drain(weir);
        for (DropReason reason : DropReason.values()) {
            boolean ofPolicy =
                    reason.stage().equals("firewall") || reason.stage().equals("source-guard");
            if (ofPolicy) {
                long counted = weir.drops(reason);
                long recorded = denied.getOrDefault(reason, 0L);
                if (counted != recorded) {
                    faults.add(reason + ": " + counted + " dropped, " + recorded + " recorded");
                }
            }
        }
    }
}
