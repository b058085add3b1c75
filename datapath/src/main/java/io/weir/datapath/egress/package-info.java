/**
 * The last stage: each frame takes the form that its way out demands, and leaves.
 *
 * <p>Threading: belongs to one worker.
 */
@NullMarked
package io.weir.datapath.egress;

import org.jspecify.annotations.NullMarked;
