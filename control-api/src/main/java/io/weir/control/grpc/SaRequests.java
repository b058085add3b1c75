package io.weir.control.grpc;

import java.nio.file.Path;
import java.util.Optional;

import io.weir.control.config.KeyFile;
import io.weir.control.config.PeerSettings;
import io.weir.control.config.SaConfig;
import io.weir.control.config.SaLabel;
import io.weir.control.config.SpiText;
import io.weir.control.v1.AddSaRequest;
import io.weir.identity.label.LevelNumbers;
import io.weir.identity.label.LevelRange;
import io.weir.ipsec.sa.EspCipher;
import io.weir.ipsec.sa.Lifetime;
import io.weir.ipsec.sa.SaSettings;
import io.weir.ipsec.sa.SaSettings.Direction;

/** The SA that a caller asks for, with its key from a file on this host. */
final class SaRequests {
    private SaRequests() {}

    /**
     * The settings; whoever uses them destroys the key.
     *
     * @throws IllegalArgumentException when a value is out of range or the key file cannot be used: what, value, remedy
     */
    static SaSettings settings(AddSaRequest request, PeerSettings peer) {
        Direction direction = TunnelMessages.direction(request.getDirection());
        requireSpi(request.getSpi());
        EspCipher cipher = cipher(request.getCipher());
        Optional<SaLabel> label = label(request.getLabel(), peer.label());
        Lifetime lifetime = new Lifetime(
                request.getLifetime().getSeconds(),
                request.getLifetime().getBytes(),
                request.getLifetime().getPackets());
        if (direction == Direction.OUTBOUND && request.getReplayWindow() != 0) {
            throw new IllegalArgumentException("replay_window means nothing on an outbound SA; leave it out");
        }
        int window = request.getReplayWindow() == 0 ? SaSettings.DEFAULT_REPLAY_WINDOW : request.getReplayWindow();
        try (KeyFile keys = KeyFile.read(keyFile(request.getKeyFile(), peer))) {
            return new SaSettings(
                    direction,
                    request.getSpi(),
                    label.map(known -> known.number(LevelNumbers.process())).orElse(0),
                    label.map(SaLabel::text).orElse(""),
                    cipher,
                    keys.key(request.getSpi(), cipher.keyMaterialLength()),
                    !request.hasEsn() || request.getEsn(),
                    window,
                    request.getTfcLength(),
                    lifetime);
        }
    }

    private static void requireSpi(int spi) {
        if (Integer.compareUnsigned(spi, SpiText.MIN) < 0) {
            throw new IllegalArgumentException(
                    "spi must be 256 to 4294967295: was " + Integer.toUnsignedString(spi) + "; choose another");
        }
    }

    private static EspCipher cipher(String text) {
        return text.isEmpty()
                ? EspCipher.AES_256_GCM_16
                : SaConfig.cipher(text)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "cipher is unknown: was " + text + "; docs/configuration.md lists them"));
    }

    private static Optional<SaLabel> label(String text, LevelRange peerRange) {
        if (text.isEmpty() && !peerRange.equals(LevelRange.ALL)) {
            throw new IllegalArgumentException(
                    "label is missing, and the peer's label is " + peerRange + "; say a level that lies in it");
        }
        Optional<SaLabel> label = text.isEmpty() ? Optional.empty() : Optional.of(parsed(text));
        label.filter(known -> !peerRange.contains(known.level())).ifPresent(outside -> {
            throw new IllegalArgumentException("label must lie in the peer's label " + peerRange + ": was "
                    + outside.level() + "; choose a level in it");
        });
        return label;
    }

    private static SaLabel parsed(String text) {
        try {
            return SaLabel.parse(text);
        } catch (IllegalArgumentException range) {
            throw new IllegalArgumentException("label " + range.getMessage() + "; add an SA for each level");
        }
    }

    private static Path keyFile(String text, PeerSettings peer) {
        Path file = text.isEmpty() ? peer.keyFile() : Path.of(text);
        if (file == null) {
            throw new IllegalArgumentException("key_file is missing, and the peer has no keyFile; name the file");
        }
        if (!file.isAbsolute()) {
            throw new IllegalArgumentException("key_file must be an absolute path: was " + file + "; begin it with /");
        }
        return file;
    }
}
