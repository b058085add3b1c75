/** Programs that measure ESP in memory. */
@NullMarked
package io.weir.perf.ipsec;

import org.jspecify.annotations.NullMarked;
