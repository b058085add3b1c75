/**
 * Security labels in IP options: CIPSO (FIPS 188) in IPv4, CALIPSO (RFC 5570) in IPv6. They are read where packets enter, and
 * written where they leave.
 *
 * <p>Threading: belongs to one worker, but for the codecs, which are immutable.
 */
@NullMarked
package io.weir.datapath.label;

import org.jspecify.annotations.NullMarked;
