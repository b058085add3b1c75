/** Tunnel ports: frames into ESP packets and back. */
@NullMarked
package io.weir.ipsec.tunnel;

import org.jspecify.annotations.NullMarked;
