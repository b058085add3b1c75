package io.weir.ipsec.esp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.weir.ipsec.sa.EspCipher;

/** Reads the vectors of DPDK and scapy out of their sources, those of ciphers that Weir has. */
final class ForeignVectors {
    private static final Pattern DPDK_CASE =
            Pattern.compile("struct ipsec_test_data (\\w+) = \\{(.*?)\\n\\};", Pattern.DOTALL);
    private static final Pattern BYTE = Pattern.compile("0x([0-9a-f]{2})\\b");
    private static final Map<String, EspCipher> DPDK_CIPHERS = Map.of(
            "pkt_aes_128_gcm", EspCipher.AES_128_GCM_16,
            "pkt_aes_128_gcm_frag", EspCipher.AES_128_GCM_16,
            "pkt_aes_192_gcm", EspCipher.AES_192_GCM_16,
            "pkt_aes_256_gcm", EspCipher.AES_256_GCM_16,
            "pkt_aes_256_gcm_v6", EspCipher.AES_256_GCM_16,
            "pkt_aes_128_cbc_hmac_sha256", EspCipher.AES_128_CBC_HMAC_SHA2_256_128,
            "pkt_aes_128_cbc_hmac_sha256_v6", EspCipher.AES_128_CBC_HMAC_SHA2_256_128);

    private static final Pattern SCAPY_GCM = Pattern.compile(
            "crypt_algo='AES-GCM', crypt_key=b'([^']+)',\\s+auth_algo='NULL', auth_key=None"
                    + "(?:, esn_en = True, esn = 0x(\\w+))?\\)(?:(?!SecurityAssociation).)*?"
                    + "spi=0x222,\\s+data=(b'.*?'),\\s+seq=1\\)",
            Pattern.DOTALL);
    private static final Pattern SCAPY_CBC = Pattern.compile(
            "enc_key = bytes.fromhex\\(\"(\\w+)\"\\)\\s+auth_key = bytes.fromhex\\(\"(\\w+)\"\\).*?"
                    + "esn_en=True, esn=(\\d+)\\).*?assert bytes\\(e\\) == bytes.fromhex\\(\"(\\w+)\"\\)",
            Pattern.DOTALL);
    private static final Pattern SCAPY_BYTE = Pattern.compile("\\\\x([0-9a-f]{2})");
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final HexFormat HEX = HexFormat.of();

    private ForeignVectors() {}

    static List<EspVector> dpdk(String source) {
        String plain = source.replaceAll("(?s)/\\*.*?\\*/", "");
        List<EspVector> vectors = new ArrayList<>();
        for (MatchResult match : DPDK_CASE.matcher(plain).results().toList()) {
            EspCipher cipher = DPDK_CIPHERS.get(match.group(1));
            if (cipher != null) {
                vectors.add(dpdk("dpdk " + match.group(1), cipher, match.group(2)));
            }
        }
        return vectors;
    }

    private static EspVector dpdk(String name, EspCipher cipher, String body) {
        byte[] inner = field(body, "input_text");
        byte[] outer = field(body, "output_text");
        int header = outer[0] >>> 4 == 6 ? IPV6_HEADER : IPV4_HEADER;
        byte[] packet = new byte[outer.length - header];
        System.arraycopy(outer, header, packet, 0, packet.length);
        byte[] rest = cipher.algorithm().encryptThenMac() ? field(body, "auth_key") : field(body, "salt");
        int nextHeader = inner[0] >>> 4 == 6 ? EspHeader.IPV6 : EspHeader.IPV4;
        return new EspVector(name, cipher, join(field(body, "key"), rest), false, 1, packet, nextHeader, inner);
    }

    private static byte[] field(String body, String name) {
        Matcher field = Pattern.compile("\\n\\t\\." + name + " = \\{(.*?)\\n\\t\\}", Pattern.DOTALL)
                .matcher(body);
        return field.find() ? bytes(BYTE, field.group(1)) : new byte[0];
    }

    static List<EspVector> scapy(String source) {
        List<EspVector> vectors = new ArrayList<>();
        for (MatchResult match : SCAPY_GCM.matcher(source).results().toList()) {
            long high = match.group(2) == null ? 0 : HexFormat.fromHexDigitsToLong(match.group(2));
            byte[] data = bytes(SCAPY_BYTE, match.group(3));
            byte[] packet = join(HEX.parseHex("0000022200000001"), data);
            byte[] key = match.group(1).getBytes(StandardCharsets.US_ASCII);
            vectors.add(
                    scapy("scapy gcm " + high, EspCipher.AES_128_GCM_16, key, match.group(2) != null, high, packet));
        }
        for (MatchResult match : SCAPY_CBC.matcher(source).results().toList()) {
            byte[] key = join(HEX.parseHex(match.group(1)), HEX.parseHex(match.group(2)));
            byte[] packet = HEX.parseHex(match.group(4).substring(2 * IPV4_HEADER));
            long high = Long.parseLong(match.group(3));
            vectors.add(scapy("scapy cbc", EspCipher.AES_128_CBC_HMAC_SHA2_256_128, key, true, high, packet));
        }
        return vectors;
    }

    /** Scapy says nothing of the bytes inside: no more than the next header is compared, which is 4 for all but the last. */
    private static EspVector scapy(String name, EspCipher cipher, byte[] key, boolean esn, long high, byte[] packet) {
        int nextHeader = cipher.algorithm().encryptThenMac() ? 6 : EspHeader.IPV4;
        return new EspVector(name, cipher, key, esn, (high << Integer.SIZE) + 1, packet, nextHeader, new byte[0]);
    }

    private static byte[] bytes(Pattern pattern, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pattern.matcher(text).results().forEach(match -> bytes.write(HexFormat.fromHexDigits(match.group(1))));
        return bytes.toByteArray();
    }

    private static byte[] join(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }
}
