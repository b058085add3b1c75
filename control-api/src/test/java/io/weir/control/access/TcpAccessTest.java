package io.weir.control.access;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import io.weir.control.cli.CommandLines;
import io.weir.control.cli.ExitCode;
import io.weir.control.config.HostConfig;
import io.weir.control.daemon.Daemon;
import io.weir.control.daemon.StartException;
import io.weir.control.v1.ListPortsRequest;
import io.weir.control.v1.PortServiceGrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real TLS on the loopback interface, with certificates of two authorities of which the daemon knows one. */
@Timeout(60)
class TcpAccessTest {
    private static final Duration LONG = Duration.ofDays(30);
    private static final Duration OVER = Duration.ofHours(1); // certificates begin a day ago
    private static final Pattern PORT = Pattern.compile("tcp 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestAuthority authority;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void issue() throws IOException {
        authority = new TestAuthority(folder, "ca");
        authority.issue("daemon", "CN=hv7", LONG, new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        authority.issue("ops", "O=corp,OU=operations,CN=ops-1", LONG);
        authority.issue("view", "OU=monitoring,CN=dashboard", LONG);
        authority.issue(
                "spiffe", "CN=robot", LONG, new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://corp/op"));
        authority.issue("nobody", "OU=else,CN=somebody", LONG);
        authority.issue("expired", "CN=ops-1,OU=operations", OVER);
        new TestAuthority(folder, "other-ca").issue("foreign", "CN=ops-1,OU=operations", LONG);
    }

    private Path pem(String name, String extension) {
        return authority.file(name, extension);
    }

    private Daemon daemon(String certificate, String key) {
        Daemon daemon = new Daemon(HostConfig.read("weir.yaml", """
                host: lab
                dataDir: %1$s/data
                runDir: %1$s/run
                policy: {mode: off}
                api:
                  socket: %1$s/weir.sock
                  tcp:
                    address: 127.0.0.1:0
                    certificate: %1$s/%2$s.crt
                    key: %1$s/%3$s.key
                    clientCa: %1$s/ca.crt
                    roles:
                      - {role: viewer, ou: monitoring}
                      - {role: operator, cn: ops-1}
                      - {role: viewer, ou: operations}
                      - {role: operator, uri: "spiffe://corp/op"}
                """.formatted(folder, certificate, key)));
        try {
            daemon.start();
        } catch (StartException refused) {
            daemon.close();
            throw refused;
        }
        return daemon;
    }

    private Daemon daemon() {
        return daemon("daemon", "daemon");
    }

    private static String address(Daemon daemon) {
        Matcher port = PORT.matcher(daemon.readyLine());
        assertTrue(port.find(), daemon.readyLine());
        return "127.0.0.1:" + port.group(1);
    }

    private int weir(Daemon daemon, String holder, String ca, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.add("--address=" + address(daemon));
        line.add("--certificate=" + pem(holder, "crt"));
        line.add("--key=" + pem(holder, "key"));
        line.add("--ca=" + pem(ca, "crt"));
        return CommandLines.execute(line.toArray(new String[0]), new PrintWriter(out), new PrintWriter(err));
    }

    /** What each certificate may do, by subject and by alternative name. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            ops,    ports,     0
            ops,    fdb flush, 0
            spiffe, fdb flush, 0
            view,   ports,     0
            view,   fdb flush, 1
            nobody, ports,     1
            """)
    void shouldGiveTheRoleThatTheCertificateSays(String holder, String verb, int exitCode) {
        try (Daemon daemon = daemon()) {
            assertEquals(exitCode, weir(daemon, holder, "ca", verb.split(" ", -1)), err::toString);
        }
    }

    @Test
    void shouldNameTheSubjectWhenACallIsRefused() {
        try (Daemon daemon = daemon()) {
            assertEquals(ExitCode.REFUSED, weir(daemon, "view", "ca", "fdb", "flush"));

            assertTrue(
                    err.toString()
                            .startsWith("weir: weir.v1.PortService/FlushMacs needs role operator: was certificate"
                                    + " CN=dashboard,OU=monitoring (serial 5e55"),
                    err.toString());
            assertTrue(err.toString().contains(") with role viewer; ask an admin to name the caller"), err.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            expired, ca
            foreign, ca
            ops,     other-ca
            """)
    void shouldNotAnswerWhenACertificateDoesNotHold(String holder, String ca) {
        try (Daemon daemon = daemon()) {
            assertEquals(ExitCode.UNREACHABLE, weir(daemon, holder, ca, "ports"));

            assertTrue(err.toString().startsWith("weir: no daemon answers at 127.0.0.1 port "), err.toString());
            assertEquals(ExitCode.DONE, weir(daemon, "ops", "ca", "ports"), "and goes on serving others");
        }
    }

    /** A client that our command line would never be: without certificate, with an old protocol, without TLS. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            without-certificate
            old-protocol
            plaintext
            """)
    void shouldNotAnswerAClientThatDoesLessThanMutualTls(String kind) throws IOException {
        try (Daemon daemon = daemon()) {
            InetSocketAddress address = HostPort.parse(address(daemon)).orElseThrow();
            NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort());
            ManagedChannel channel =
                    (kind.equals("plaintext") ? builder.usePlaintext() : builder.sslContext(tls(kind))).build();
            try {
                PortServiceGrpc.PortServiceBlockingStub ports =
                        PortServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);

                StatusRuntimeException refused = assertThrows(
                        StatusRuntimeException.class, () -> ports.listPorts(ListPortsRequest.getDefaultInstance()));

                assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode(), refused.toString());
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private SslContext tls(String kind) throws IOException {
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(pem("ca", "crt").toFile());
        if (kind.equals("old-protocol")) {
            builder.protocols("TLSv1.2")
                    .keyManager(pem("ops", "crt").toFile(), pem("ops", "key").toFile());
        }
        return builder.build();
    }

    @Test
    void shouldNotStartWhenOthersMayReadTheKey() throws IOException {
        Files.setPosixFilePermissions(pem("daemon", "key"), PosixFilePermissions.fromString("rw-r-----"));

        StartException refused = assertThrows(StartException.class, this::daemon);

        String key = pem("daemon", "key").toString();
        assertEquals(
                "key " + key + " may be used by others than its owner: mode rw-r-----; chmod 600 " + key,
                refused.getMessage());
        assertFalse(Files.exists(folder.resolve("weir.sock")), "nothing is left");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            absent | daemon | certificate %s/absent.crt is not there
            broken | daemon | certificate %s/broken.crt holds no X.509 certificate
            daemon | absent | key %s/absent.key is not there
            daemon | broken | key %s/broken.key cannot be used: it has no BEGIN PRIVATE KEY
            daemon | ops    | key %s/ops.key does not belong to certificate %s/daemon.crt
            """)
    void shouldNotStartWhenAFileCannotBeUsed(String certificate, String key, String words) throws IOException {
        Files.writeString(pem("broken", "crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Files.writeString(pem("broken", "key"), "not a key\n");
        Files.setPosixFilePermissions(pem("broken", "key"), PosixFilePermissions.fromString("rw-------"));

        StartException refused = assertThrows(StartException.class, () -> daemon(certificate, key));

        assertTrue(
                String.valueOf(refused.getMessage()).startsWith(words.replace("%s", folder.toString())),
                refused.getMessage());
    }

    @Test
    void shouldTellWhatIsMissingWhenTheCommandLineIsIncomplete() {
        int exitCode = CommandLines.execute(
                new String[] {"ports", "--address=127.0.0.1:1"}, new PrintWriter(out), new PrintWriter(err));

        assertEquals(ExitCode.BAD_INPUT, exitCode);
        assertEquals(
                "weir: --certificate is missing, and a daemon on TCP wants mutual TLS; name the PEM file with"
                        + " --certificate or WEIR_CERTIFICATE\n",
                err.toString());
    }
}
