/**
 * Other firewalls' conformance cases as data, run through manifests, compiler and evaluator, and through the pipeline.
 *
 * <p>Threading: tests, one thread each.
 */
@NullMarked
package io.weir.identity.conformance;

import org.jspecify.annotations.NullMarked;
