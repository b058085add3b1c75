/** ESP (RFC 4303): packets sealed and opened. */
@NullMarked
package io.weir.ipsec.esp;

import org.jspecify.annotations.NullMarked;
