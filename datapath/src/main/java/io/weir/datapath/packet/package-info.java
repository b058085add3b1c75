/**
 * Packets in off-heap memory, and the batch that carries them through the pipeline.
 *
 * <p>Threading: one worker owns a batch and its memory; nothing here is shared.
 */
@NullMarked
package io.weir.datapath.packet;

import org.jspecify.annotations.NullMarked;
