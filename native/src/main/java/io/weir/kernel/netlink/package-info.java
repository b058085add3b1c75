/**
 * rtnetlink: links, neighbours, addresses, the ingress drop, and the link monitor.
 *
 * <p>Threading: every socket belongs to one thread at a time; the records are immutable.
 */
@NullMarked
package io.weir.kernel.netlink;

import org.jspecify.annotations.NullMarked;
