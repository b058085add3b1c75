package io.weir.ipsec.sa;

import java.util.Arrays;

/**
 * Key material of one SA: the cipher's key, then for AEAD the salt, else the authentication key, as RFC 4106 section 8.1 and RFC 7296
 * section 2.17 order them. It is never printed.
 *
 * <p>Threading: immutable until it is destroyed, by the thread that owns it.
 */
public final class SaKey {
    private final byte[] material;

    /** @param material is copied */
    public SaKey(byte[] material) {
        this.material = material.clone();
    }

    public int length() {
        return material.length;
    }

    /** A copy, which the caller wipes. */
    public byte[] material() {
        return material.clone();
    }

    /** Overwrites the key. */
    public void destroy() {
        Arrays.fill(material, (byte) 0);
    }

    @Override
    public String toString() {
        return "key of " + material.length + " bytes";
    }
}
