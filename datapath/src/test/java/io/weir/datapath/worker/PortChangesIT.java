package io.weir.datapath.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.weir.datapath.port.PortSettings;
import io.weir.datapath.port.VlanSettings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ports come, change and go while others exchange frames, which lose none and keep their order. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PortChangesIT {
    private static final int WINDOW = 16;
    private static final int ROUNDS = 8;

    private TestNamespace host;
    private TestNamespace others;

    @BeforeEach
    void create() {
        host = new TestNamespace();
        others = new TestNamespace();
    }

    @AfterEach
    void delete() {
        if (others != null) {
            others.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldLoseNoFrameOfAFlowWhileOtherPortsComeAndGo(int workers) throws Exception {
        host.veth("v0", others, "eth0");
        host.veth("v1", others, "eth1");
        try (Switch weir = started(workers);
                Guest a = new Guest(weir, host, "a", Guest.Attachment.TAP);
                Guest b = new Guest(weir, host, "b", Guest.Attachment.PACKET)) {
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Integer> flow = CompletableFuture.supplyAsync(() -> flow(a.socket(), b.socket(), stop));

            for (int round = 0; round < ROUNDS && !flow.isDone(); round++) {
                comeChangeAndGo(weir);
            }
            stop.set(true);
            int frames = flow.get(30, TimeUnit.SECONDS);

            SwitchLaws.assertConserved(weir);
            assertTrue(frames >= WINDOW, frames + " frames");
            assertEquals(frames, a.counters(weir).rxFrames());
            assertEquals(frames, b.counters(weir).txFrames());
            assertEquals(2, weir.ports().size());
        }
    }

    private static Switch started(int workers) {
        Switch weir = new Switch(TestPorts.workers(workers));
        weir.start();
        return weir;
    }

    private void comeChangeAndGo(Switch weir) {
        PortSettings xdp = TestPorts.xdp("x", host, "v0");
        weir.addPort(TestPorts.tap("t", others, "tap0"));
        weir.addPort(xdp);
        weir.addPort(TestPorts.packet("p", host, "v1"));
        weir.changePort(TestPorts.with(xdp, VlanSettings.access(7)));
        weir.flushMacs("x", 0);
        weir.removePort("t");
        weir.removePort("p");
        weir.removePort("x");
    }

    /** Sends numbered frames, a window at a time, and expects each of them in its order; returns how many. */
    private static int flow(GuestSocket from, GuestSocket into, AtomicBoolean stop) {
        // Broadcast, so that each frame also goes to whatever other port is there at the moment.
        int number = 0;
        while (!stop.get() || number == 0) {
            for (int i = 0; i < WINDOW; i++) {
                from.send(TestFrames.numbered(TestFrames.BROADCAST, TestFrames.MAC_A, number + i));
            }
            for (int i = 0; i < WINDOW; i++) {
                assertEquals(number + i, TestFrames.number(into.receive().bytes()));
            }
            number += WINDOW;
        }
        return number;
    }
}
