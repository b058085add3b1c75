package io.weir.control.access;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

/**
 * TLS 1.3 with certificates on both sides, from PEM files.
 *
 * @param certificate the side's own certificate, followed by those between it and its authority
 * @param key private key of the certificate: PKCS #8 without password, readable by its owner only
 * @param authorities who may have issued the other side's certificate
 */
public record MutualTls(Path certificate, Path key, Path authorities) {
    private static final String PROTOCOL = "TLSv1.3";

    /**
     * For a listener: clients must show a certificate.
     *
     * @throws AccessException when a file cannot be used, or others may read the key
     */
    public SslContext server() {
        List<X509Certificate> chain = PemFiles.certificates("certificate", certificate);
        return build(SslContextBuilder.forServer(privateKey(chain), chain).clientAuth(ClientAuth.REQUIRE));
    }

    /**
     * For a caller: the listener's certificate must be for the name that was called.
     *
     * @throws AccessException when a file cannot be used, or others may read the key
     */
    public SslContext client() {
        List<X509Certificate> chain = PemFiles.certificates("certificate", certificate);
        return build(SslContextBuilder.forClient().keyManager(privateKey(chain), chain));
    }

    private PrivateKey privateKey(List<X509Certificate> chain) {
        return PemFiles.key(key, certificate, chain.getFirst());
    }

    private SslContext build(SslContextBuilder side) {
        List<X509Certificate> trusted = PemFiles.certificates("authorities", authorities);
        try {
            return GrpcSslContexts.configure(side, SslProvider.JDK)
                    .trustManager(trusted)
                    .protocols(PROTOCOL)
                    .build();
        } catch (SSLException refused) {
            throw new AccessException("certificate " + certificate + ", key " + key + " and authorities " + authorities
                    + " cannot be used: " + refused.getMessage() + "; issue them for TLS 1.3");
        }
    }
}
