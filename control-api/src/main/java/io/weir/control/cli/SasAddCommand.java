package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.v1.AddSaRequest;
import io.weir.control.v1.Sa;
import io.weir.control.v1.SaLifetime;

/** {@code weir sas add}. */
@Command(
        name = "add",
        description =
                "Add an SA whose key stands in a file on the daemon's host; the very same once more changes nothing.",
        footer = {
            "",
            "To change keys without losing a packet, add the new inbound SA on both hosts, then the new outbound ones;",
            "the newest outbound SA of a level is used. Then remove the old ones, outbound first.",
            "Example:",
            "  weir sas add --peer hv2 --direction in --spi 0x2002 --label s2 --key-file /etc/weir/hv2-new.keys",
        })
final class SasAddCommand extends DaemonVerb {
    @Mixin
    private SaName sa = new SaName();

    @Option(
            names = "--label",
            paramLabel = "LEVEL",
            defaultValue = "",
            description = "A level or a security context with one (default: none).")
    private String label = "";

    @Option(
            names = "--cipher",
            paramLabel = "NAME",
            defaultValue = "",
            description = "As in docs/configuration.md (default: aes-256-gcm-16).")
    private String cipher = "";

    @Option(names = "--no-esn", description = "Sequence numbers of 32 bits, for peers that have no longer ones.")
    private boolean withoutEsn;

    @Option(
            names = "--replay-window",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Packets out of order, a multiple of 64; inbound only (default: 4096).")
    private int replayWindow;

    @Option(
            names = "--tfc",
            paramLabel = "BYTES",
            defaultValue = "0",
            description = "Pad inner packets to that length; outbound only.")
    private int tfc;

    @Option(names = "--seconds", paramLabel = "COUNT", defaultValue = "0", description = "Lifetime in time.")
    private long seconds;

    @Option(
            names = "--bytes",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Lifetime in bytes of ESP packets.")
    private long bytes;

    @Option(names = "--packets", paramLabel = "COUNT", defaultValue = "0", description = "Lifetime in packets.")
    private long packets;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "On the daemon's host, with a line SPI: HEX; root's, mode 0600 (default: the peer's keyFile).")
    private @Nullable Path keyFile;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        AddSaRequest request = AddSaRequest.newBuilder()
                .setPeer(sa.peer())
                .setDirection(sa.direction())
                .setSpi(sa.spi())
                .setLabel(label)
                .setCipher(cipher)
                .setEsn(!withoutEsn)
                .setReplayWindow(replayWindow)
                .setTfcLength(tfc)
                .setLifetime(SaLifetime.newBuilder()
                        .setSeconds(seconds)
                        .setBytes(bytes)
                        .setPackets(packets))
                .setKeyFile(keyFile == null ? "" : keyFile.toString())
                .build();
        Sa added = daemon.tunnels().addSa(request);
        output.print(out, SaListing.document(added), SaListing.table(List.of(added)));
        return ExitCode.DONE;
    }
}
