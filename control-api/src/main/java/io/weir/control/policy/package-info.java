/**
 * The policy of this host: revisions become epochs, and epochs are published to the switch.
 *
 * <p>Threading: one control lock serialises what changes the policy; the packet path is never held.
 */
@NullMarked
package io.weir.control.policy;

import org.jspecify.annotations.NullMarked;
