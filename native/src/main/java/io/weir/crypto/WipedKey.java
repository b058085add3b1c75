package io.weir.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/** A key whose bytes can be overwritten, which those of SecretKeySpec cannot. */
final class WipedKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] bytes;

    WipedKey(String algorithm, byte[] material, int from, int length) {
        this.algorithm = algorithm;
        this.bytes = Arrays.copyOfRange(material, from, from + length);
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void destroy() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return algorithm + " key";
    }
}
