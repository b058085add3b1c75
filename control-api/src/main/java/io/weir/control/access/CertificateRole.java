package io.weir.control.access;

/**
 * A role for the certificates in which one attribute has a value, compared character by character.
 *
 * @param attribute where the value stands
 * @param value such as {@code ops-1} or {@code spiffe://corp/weir/viewer}
 * @param role not NONE
 */
public record CertificateRole(Attribute attribute, String value, Role role) {
    /** Where a certificate names its holder. */
    public enum Attribute {
        /** Common name of the subject. */
        CN,
        /** An organizational unit of the subject. */
        OU,
        /** A uniformResourceIdentifier of the subject's alternative names, RFC 5280 section 4.2.1.6. */
        URI
    }
}
