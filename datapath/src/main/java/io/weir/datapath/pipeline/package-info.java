/**
 * Stages in their one visible order, the verdicts they give and the reasons for which they drop.
 *
 * <p>Threading: a pipeline belongs to one worker; counters have one writer and any number of readers.
 */
@NullMarked
package io.weir.datapath.pipeline;

import org.jspecify.annotations.NullMarked;
