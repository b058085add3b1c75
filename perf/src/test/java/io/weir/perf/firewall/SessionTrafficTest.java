package io.weir.perf.firewall;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.session.SessionFields;

import static org.junit.jupiter.api.Assertions.assertEquals;

@Timeout(60)
class SessionTrafficTest {
    private static final int COMPONENTS = 30;
    private static final int SESSIONS_EACH = 25;
    private static final long NOW_NS = 1_000_000_000L;

    private final List<String> ports = new PolicyFixture(COMPONENTS, 1).ports();
    private final FirewallPipeline pipeline = new FirewallPipeline(ports, 1 << 12);
    private final SessionTraffic traffic = new SessionTraffic(COMPONENTS, SESSIONS_EACH);

    @BeforeEach
    void introduce() {
        pipeline.take(new StubPolicy(ports));
        traffic.introduce(pipeline, NOW_NS);
    }

    @AfterEach
    void close() {
        traffic.close();
        pipeline.close();
    }

    @Test
    void shouldBeginEverySessionWhenTheBatchesAreThrough() {
        for (int i = 0; i < traffic.batches(); i++) {
            assertEquals(PacketBatch.CAPACITY, pipeline.process(traffic.next(NOW_NS)));
        }

        assertEquals(COMPONENTS * SESSIONS_EACH, traffic.sessions());
        assertEquals(traffic.sessions(), pipeline.sessions().count());
    }

    @Test
    void shouldCountFramesAsMixedWhenTheirSessionsAreOfAnotherEpoch() {
        PacketBatch batch = traffic.next(NOW_NS);
        int _ = pipeline.process(batch);

        assertEquals(0, traffic.mixed(batch, pipeline.sessions(), 1, SessionFields.ms(NOW_NS)));
        assertEquals(PacketBatch.CAPACITY, traffic.mixed(batch, pipeline.sessions(), 2, SessionFields.ms(NOW_NS)));
    }
}
