package io.weir.control.access;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives as long as a test; certificates and keys are PEM files in one folder. */
final class TestAuthority {
    private static final Duration DAY = Duration.ofDays(1);

    private final Path folder;
    private final X500Name name;
    private final KeyPair pair = pair();
    private long serial = 0x5E55101D;

    TestAuthority(Path folder, String name) throws IOException {
        this.folder = folder;
        this.name = new X500Name("CN=" + name);
        Instant now = Instant.now();
        X509v3CertificateBuilder own = builder(this.name, pair, now.minus(DAY), now.plus(DAY));
        own.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        write(file(name, "crt"), sign(own, pair.getPrivate()));
    }

    /** PEM file of a certificate of that file name. */
    Path file(String fileName, String extension) {
        return folder.resolve(fileName + '.' + extension);
    }

    /** Issues {@code fileName.crt} and {@code fileName.key}, valid from yesterday on for so long. */
    void issue(String fileName, String subject, Duration valid, GeneralName... alternatives) throws IOException {
        KeyPair holder = pair();
        Instant begin = Instant.now().minus(DAY);
        X509v3CertificateBuilder builder = builder(new X500Name(subject), holder, begin, begin.plus(valid));
        if (alternatives.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
        }
        write(file(fileName, "crt"), sign(builder, pair.getPrivate()));
        write(file(fileName, "key"), new JcaPKCS8Generator(holder.getPrivate(), null));
        Files.setPosixFilePermissions(file(fileName, "key"), PosixFilePermissions.fromString("rw-------"));
    }

    private X509v3CertificateBuilder builder(X500Name subject, KeyPair holder, Instant from, Instant until) {
        serial++;
        return new JcaX509v3CertificateBuilder(
                name, BigInteger.valueOf(serial), Date.from(from), Date.from(until), subject, holder.getPublic());
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static X509CertificateHolder sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key));
        } catch (OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void write(Path file, Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(object);
        }
        Files.writeString(file, text.toString());
    }
}
