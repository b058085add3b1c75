/** Component identity, manifests and policy. Holds its place in the module chain; the first classes come with the inline firewall. */
@NullMarked
package io.weir.identity;

import org.jspecify.annotations.NullMarked;
