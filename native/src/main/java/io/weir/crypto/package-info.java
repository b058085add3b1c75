/**
 * Authenticated encryption of packets: libcrypto on off-heap memory, SunJCE where it is missing. Contexts belong to one thread at a
 * time.
 */
@NullMarked
package io.weir.crypto;

import org.jspecify.annotations.NullMarked;
