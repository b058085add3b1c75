/** Security associations (RFC 4301): what an operator says of them, the database of a tunnel, their state on disk. */
@NullMarked
package io.weir.ipsec.sa;

import org.jspecify.annotations.NullMarked;
