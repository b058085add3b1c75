package io.weir.datapath.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.weir.datapath.pipeline.PortEvents.Kind;

import static org.junit.jupiter.api.Assertions.assertNotNull;

/** Events of a switch in their order. */
final class EventLog implements Consumer<SwitchEvent> {
    private static final long TIMEOUT_MS = 5_000;

    private final LinkedBlockingQueue<SwitchEvent> events = new LinkedBlockingQueue<>();

    @Override
    public void accept(SwitchEvent event) {
        events.add(event);
    }

    /** Waits for an event of that kind on that port; those before it are skipped. */
    SwitchEvent await(Kind kind, String port) {
        List<SwitchEvent> skipped = new ArrayList<>();
        while (true) {
            SwitchEvent event = next();
            assertNotNull(event, "no " + kind + " of port " + port + " within " + TIMEOUT_MS + " ms, but " + skipped);
            if (event.kind() == kind && event.port().equals(port)) {
                return event;
            }
            skipped.add(event);
        }
    }

    private SwitchEvent next() {
        try {
            return events.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Events that nobody has waited for yet. */
    List<SwitchEvent> rest() {
        List<SwitchEvent> rest = new ArrayList<>();
        events.drainTo(rest);
        return rest;
    }
}
