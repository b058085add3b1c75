package io.weir.perf.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.weir.perf.compare.Testbed.Place;

/** strongSwan with its own ESP in user space (plugin kernel-libipsec), one charon a host, AES-256-GCM over the veth between the hosts. */
final class StrongSwanLibipsec implements Contender {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final String PLUGINS = "random nonce aes aesni gcm sha1 sha2 hmac kdf pem pkcs1 pkcs8 x509 pubkey"
            + " constraints openssl kernel-libipsec kernel-netlink socket-default vici";

    private final Path directory;
    private final List<ChildProcess> processes = new ArrayList<>();

    StrongSwanLibipsec(Path directory) {
        this.directory = directory;
    }

    @Override
    public void start(Testbed testbed) {
        testbed.connectHosts();
        start(testbed, Place.HOST_A, Testbed.UNDERLAY_A, Testbed.UNDERLAY_B, Testbed.ADDRESS_A, Testbed.ADDRESS_B);
        start(testbed, Place.HOST_B, Testbed.UNDERLAY_B, Testbed.UNDERLAY_A, Testbed.ADDRESS_B, Testbed.ADDRESS_A);
        swanctl(testbed, Place.HOST_A, "--initiate", "--child", "bench");
    }

    private void start(Testbed testbed, Place host, String local, String remote, String inner, String peerInner) {
        // What the host's address stands on; what leaves for the other's goes through ipsec0 by a route of charon's.
        testbed.ip(host, "link", "add", Testbed.HOST_DEVICE, "type", "veth", "peer", "name", "unused");
        // Before charon starts: it refuses a CHILD_SA (TS_UNACCEPTABLE) for whose selector it knows no address to route
        // from.
        testbed.giveAddress(host, inner);
        Path home = directory.resolve(host.toString());
        write(home.resolve("swanctl/swanctl.conf"), """
                connections {
                  bench {
                    version = 2
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = aes256gcm16-prfsha256-ecp256
                    encap = yes
                    local { auth = psk }
                    remote { auth = psk }
                    children {
                      bench { local_ts = %s/32
                              remote_ts = %s/32
                              esp_proposals = aes256gcm16 }
                    }
                  }
                }
                secrets { ike { secret = "for this bench only" } }
                """.formatted(local, remote, inner, peerInner));
        write(home.resolve("strongswan.conf"), """
                charon-systemd {
                  load = %s
                  start-scripts { }
                  journal { default = -1 }
                  plugins { vici { socket = %s } }
                }
                swanctl { }
                """.formatted(PLUGINS, socket(host)));
        ChildProcess process = ChildProcess.start(
                "charon-systemd",
                home.resolve("charon.log"),
                Map.of("STRONGSWAN_CONF", home.resolve("strongswan.conf").toString()),
                testbed.inside(host, "/usr/sbin/charon-systemd"));
        processes.add(process);
        process.awaitReady(START_TIMEOUT, () -> Files.exists(home.resolve("vici")));
        swanctl(testbed, host, "--load-all", "--noprompt");
    }

    private String socket(Place host) {
        return "unix://" + directory.resolve(host.toString()).resolve("vici");
    }

    private void swanctl(Testbed testbed, Place host, String... arguments) {
        Path home = directory.resolve(host.toString());
        List<String> line = new ArrayList<>(List.of(
                "env", "SWANCTL_DIR=" + home.resolve("swanctl"), "STRONGSWAN_CONF=" + home.resolve("strongswan.conf")));
        line.add("swanctl");
        line.addAll(List.of(arguments));
        line.addAll(List.of("--uri", socket(host)));
        testbed.run(host, line.toArray(String[]::new));
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new BenchException("cannot write " + file.getFileName() + " for strongSwan", e);
        }
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
    }
}
