package io.weir.control.access;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

import org.jspecify.annotations.Nullable;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;

/**
 * Names the caller of a TCP connection by the client certificate that the handshake has verified. The highest role of those
 * that match counts; a certificate that none matches has none.
 */
public final class CertificateCallers extends ServerTransportFilter {
    /** Tag of a uniformResourceIdentifier in GeneralName, RFC 5280 section 4.2.1.6. */
    private static final int GENERAL_NAME_URI = 6;

    private final List<CertificateRole> roles;

    public CertificateCallers(List<CertificateRole> roles) {
        this.roles = List.copyOf(roles);
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        X509Certificate certificate = certificate(session);
        return certificate == null
                ? transport
                : transport.toBuilder()
                        .set(Caller.ATTRIBUTE, caller(certificate))
                        .build();
    }

    private static @Nullable X509Certificate certificate(@Nullable SSLSession session) {
        try {
            return session != null && session.getPeerCertificates()[0] instanceof X509Certificate first ? first : null;
        } catch (SSLPeerUnverifiedException without) {
            return null; // the listener asks for one, and without a caller every call is refused
        }
    }

    Caller caller(X509Certificate certificate) {
        // Text of others that goes to a log: a line break in it must not begin a line of its own.
        String subject = certificate.getSubjectX500Principal().getName().replaceAll("\\p{Cntrl}", "?");
        String serial = certificate.getSerialNumber().toString(16);
        Role role = roles.stream()
                .filter(entry -> values(certificate, entry.attribute()).contains(entry.value()))
                .map(CertificateRole::role)
                .reduce(Role.NONE, Role::or);
        return new Caller(subject, "certificate " + subject + " (serial " + serial + ')', role);
    }

    private static Set<String> values(X509Certificate certificate, CertificateRole.Attribute attribute) {
        return switch (attribute) {
            case CN, OU -> subjectValues(certificate.getSubjectX500Principal(), attribute.name());
            case URI -> uris(certificate);
        };
    }

    private static Set<String> subjectValues(X500Principal subject, String type) {
        Set<String> values = new TreeSet<>();
        try {
            for (Rdn rdn : new LdapName(subject.getName()).getRdns()) {
                // One RDN may hold several attributes: CN=a+OU=b.
                @Nullable Attribute found = rdn.toAttributes().get(type.toLowerCase(Locale.ROOT));
                if (found != null && found.get() instanceof String text) {
                    values.add(text);
                }
            }
        } catch (InvalidNameException unreadable) {
            return Set.of();
        } catch (NamingException unreadable) {
            return Set.of();
        }
        return values;
    }

    private static Set<String> uris(X509Certificate certificate) {
        Set<String> uris = new TreeSet<>();
        try {
            @Nullable Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (Integer.valueOf(GENERAL_NAME_URI).equals(name.get(0)) && name.get(1) instanceof String uri) {
                    uris.add(uri);
                }
            }
        } catch (CertificateParsingException unreadable) {
            return Set.of();
        }
        return uris;
    }
}
