package io.weir.control.cli;

import java.util.List;
import java.util.Map;

import io.weir.control.config.SpiText;
import io.weir.control.v1.Sa;
import io.weir.control.v1.SaLifetime;

/** Security associations as a table and as documents. */
final class SaListing {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long SECONDS_PER_MINUTE = 60;
    private static final long SECONDS_PER_HOUR = 3_600;

    private SaListing() {}

    static Table table(List<Sa> sas) {
        Table table = new Table(
                "PEER", "DIR", "SPI", "LABEL", "CIPHER", "STATE", "CURRENT", "LEFT", "IDLE", "PACKETS", "BYTES",
                "DROPS");
        for (Sa sa : sas) {
            table.row(
                    sa.getPeer(),
                    direction(sa),
                    SpiText.of(sa.getSpi()),
                    sa.getLabel().isEmpty() ? "-" : sa.getLabel(),
                    sa.getCipher(),
                    state(sa),
                    sa.getCurrent() ? "yes" : "no",
                    sa.hasLeftNs() ? left(sa.getLeftNs()) : "-",
                    sa.hasIdleNs() ? left(sa.getIdleNs()) : "-",
                    sa.getPackets(),
                    sa.getBytes(),
                    PortListing.drops(sa.getDropsList()));
        }
        return table;
    }

    /** {@code 23h59m}, {@code 12m30s}, {@code 9s}. */
    static String left(long ns) {
        long seconds = ns / NS_PER_SECOND;
        if (seconds >= SECONDS_PER_HOUR) {
            return seconds / SECONDS_PER_HOUR + "h" + seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE + 'm';
        }
        return seconds >= SECONDS_PER_MINUTE
                ? seconds / SECONDS_PER_MINUTE + "m" + seconds % SECONDS_PER_MINUTE + 's'
                : seconds + "s";
    }

    private static String direction(Sa sa) {
        return TunnelListing.word(sa.getDirection(), "SA_DIRECTION_");
    }

    private static String state(Sa sa) {
        return TunnelListing.word(sa.getState(), "SA_STATE_");
    }

    static Map<String, Object> document(List<Sa> sas) {
        return Json.fields()
                .put("sas", sas.stream().map(SaListing::document).toList())
                .map();
    }

    static Map<String, Object> document(Sa sa) {
        SaLifetime lifetime = sa.getLifetime();
        Json.Fields fields = Json.fields()
                .put("peer", sa.getPeer())
                .put("direction", direction(sa))
                .put("spi", SpiText.of(sa.getSpi()))
                .put("label", sa.getLabel())
                .put("level", sa.getLevel())
                .put("cipher", sa.getCipher())
                .put("esn", sa.getEsn())
                .put("replayWindow", sa.getReplayWindow())
                .put("tfc", sa.getTfcLength())
                .put(
                        "lifetime",
                        Json.fields()
                                .put("seconds", lifetime.getSeconds())
                                .put("bytes", lifetime.getBytes())
                                .put("packets", lifetime.getPackets())
                                .map())
                .put("state", state(sa))
                .put("current", sa.getCurrent())
                .put("packets", sa.getPackets())
                .put("bytes", sa.getBytes())
                .put("sequence", sa.getSequence())
                .put("drops", PortListing.drops(sa.getDropsList()))
                .put("dropsByReason", PortListing.dropDocument(sa.getDropsList()))
                .put("ageNs", sa.getAgeNs());
        if (sa.hasIdleNs()) {
            fields.put("idleNs", sa.getIdleNs());
        }
        if (sa.hasLeftNs()) {
            fields.put("leftNs", sa.getLeftNs());
        }
        return fields.map();
    }
}
