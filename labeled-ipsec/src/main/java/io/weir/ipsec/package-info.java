/** Labelled ESP between hosts. Holds its place in the module chain; the first classes come with the tunnels. */
@NullMarked
package io.weir.ipsec;

import org.jspecify.annotations.NullMarked;
