/** Programs that measure labels and compliance in memory. */
@NullMarked
package io.weir.perf.label;

import org.jspecify.annotations.NullMarked;
