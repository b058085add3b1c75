/**
 * Manifests: YAML or JSON text into documents of the component model and back, every mistake told with its line.
 *
 * <p>Threading: the public classes hold no state; what they make is immutable.
 */
@NullMarked
package io.weir.identity.manifest;

import org.jspecify.annotations.NullMarked;
