package io.weir.ipsec.sa;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Key material of one SA: the cipher's key, then for AEAD the salt, else the authentication key, as RFC 4106 section 8.1 and RFC 7296
 * section 2.17 order them. It is never printed.
 *
 * <p>Threading: immutable until it is destroyed, by the thread that owns it.
 */
public final class SaKey {
    private final byte[] material;
    private boolean destroyed;

    /** @param material is copied */
    public SaKey(byte[] material) {
        this.material = material.clone();
    }

    public int length() {
        return material.length;
    }

    /**
     * A copy, which the caller wipes.
     *
     * @throws IllegalStateException when it was destroyed: zeros are a key too, and one that everybody knows
     */
    public byte[] material() {
        requireKept();
        return material.clone();
    }

    /**
     * Sixteen bytes of its SHA-256, by which it is known again without being kept; keys are too long to be found from it by trying.
     *
     * @param high first eight bytes
     */
    record Fingerprint(long high, long low) {}

    Fingerprint fingerprint() {
        requireKept();
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(material));
            return new Fingerprint(digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /** Overwrites the key. */
    public void destroy() {
        destroyed = true;
        Arrays.fill(material, (byte) 0);
    }

    private void requireKept() {
        if (destroyed) {
            throw new IllegalStateException("the key was destroyed; read it again");
        }
    }

    @Override
    public String toString() {
        return "key of " + material.length + " bytes";
    }
}
