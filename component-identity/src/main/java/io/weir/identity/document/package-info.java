/**
 * What operators write, whatever the document: mistakes with their place and remedy, and words such as durations.
 *
 * <p>Threading: values are immutable; a {@link io.weir.identity.document.Problems} belongs to one reader.
 */
@NullMarked
package io.weir.identity.document;

import org.jspecify.annotations.NullMarked;
