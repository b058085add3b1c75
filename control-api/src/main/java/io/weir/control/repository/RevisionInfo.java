package io.weir.control.repository;

import java.time.Instant;

/**
 * A revision without its documents.
 *
 * @param number 1 up, without gaps
 * @param parent the revision before; 0 for the first
 * @param digest of all its documents, SHA-256 in hexadecimal
 * @param changed how many documents are new or other than the parent's
 * @param removed how many of the parent's are gone
 */
public record RevisionInfo(
        int number, int parent, String digest, String author, String reason, Instant time, int changed, int removed) {}
