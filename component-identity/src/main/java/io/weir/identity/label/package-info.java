/**
 * Security labels as SELinux writes them: levels, ranges, contexts, their numbers and relations, and the domain that says which
 * types and names there are.
 *
 * <p>Threading: values are immutable; {@link io.weir.identity.label.LevelNumbers} may be asked by any thread.
 */
@NullMarked
package io.weir.identity.label;

import org.jspecify.annotations.NullMarked;
