/**
 * The component model: what manifests say, as immutable records, checked for themselves but not against each other.
 *
 * <p>Threading: everything is immutable.
 */
@NullMarked
package io.weir.identity.component;

import org.jspecify.annotations.NullMarked;
