package io.weir.control.access;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * The TCP listener with mutual TLS, as {@code api.tcp} of weir.yaml says it.
 *
 * @param address where it listens, resolved
 * @param certificate PEM file of the daemon's certificate and those between it and its authority
 * @param key PEM file of the certificate's private key (PKCS #8), readable by its owner only
 * @param clientCa PEM file of the authorities that issue client certificates
 * @param roles which certificates have which role; not empty
 */
public record TcpSettings(
        InetSocketAddress address, Path certificate, Path key, Path clientCa, List<CertificateRole> roles) {
    public TcpSettings {
        roles = List.copyOf(roles);
    }
}
