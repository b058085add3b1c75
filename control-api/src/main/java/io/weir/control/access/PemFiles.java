package io.weir.control.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files (RFC 7468) of certificates and keys; each mistake names the file, what is wrong with it, and the remedy. */
final class PemFiles {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final byte[] PROBE = "weir".getBytes(StandardCharsets.US_ASCII);

    private PemFiles() {}

    /** At least one certificate, in the order of the file. */
    static List<X509Certificate> certificates(String what, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new AccessException(what + ' ' + file + " holds no certificate; name a PEM file");
            }
            return certificates;
        } catch (IOException unreadable) {
            throw unreadable(what, file, unreadable);
        } catch (CertificateException malformed) {
            throw new AccessException(
                    what + ' ' + file + " holds no X.509 certificate: " + malformed.getMessage() + "; name a PEM file");
        }
    }

    /** The private key that belongs to the certificate, from a file that only its owner may read. */
    static PrivateKey key(Path file, Path certificateFile, X509Certificate certificate) {
        try {
            refuseSharedKey(file);
            Matcher pem = PRIVATE_KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (!pem.find()) {
                throw unusable(file, "it has no BEGIN PRIVATE KEY");
            }
            PublicKey other = certificate.getPublicKey();
            PrivateKey key = KeyFactory.getInstance(other.getAlgorithm())
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
            if (!belongs(key, other)) {
                throw new AccessException("key " + file + " does not belong to certificate " + certificateFile
                        + "; name the key that the certificate was issued for");
            }
            return key;
        } catch (IOException unreadable) {
            throw unreadable("key", file, unreadable);
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw unusable(file, "as a key for certificate " + certificateFile + ": " + malformed.getMessage());
        }
    }

    private static void refuseSharedKey(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        Set<PosixFilePermission> others = new HashSet<>(permissions);
        others.removeAll(OWNER);
        if (!others.isEmpty()) {
            throw new AccessException("key " + file + " may be used by others than its owner: mode "
                    + PosixFilePermissions.toString(permissions) + "; chmod 600 " + file);
        }
    }

    private static boolean belongs(PrivateKey key, PublicKey other) throws GeneralSecurityException {
        String algorithm = switch (other.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> other.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(other);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static AccessException unusable(Path file, String why) {
        return new AccessException("key " + file + " cannot be used: " + why
                + "; write it as PKCS #8 without password: openssl pkcs8 -topk8 -nocrypt");
    }

    private static AccessException unreadable(String what, Path file, IOException why) {
        String problem = Files.exists(file) ? "cannot be read: " + why : "is not there";
        return new AccessException(what + ' ' + file + ' ' + problem + "; name an existing, readable file");
    }
}
