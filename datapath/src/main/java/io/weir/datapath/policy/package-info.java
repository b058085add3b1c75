/**
 * What the pipeline asks of a policy and what it gets back, as numbers: the datapath knows no manifest, label or component.
 *
 * <p>Threading: a {@link io.weir.datapath.policy.Policy} is immutable; flow keys and verdicts belong to one thread.
 */
@NullMarked
package io.weir.datapath.policy;

import org.jspecify.annotations.NullMarked;
