/**
 * Software segmentation and checksums, for ways out that cannot take a super-frame.
 *
 * <p>Threading: one instance a worker.
 */
@NullMarked
package io.weir.datapath.segment;

import org.jspecify.annotations.NullMarked;
