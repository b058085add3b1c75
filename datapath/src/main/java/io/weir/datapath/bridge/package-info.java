/**
 * What an 802.1Q bridge does: MAC learning, VLANs, flood domains, loop and storm protection, snooping.
 *
 * <p>Threading: tables have one writer, the worker that owns them.
 */
@NullMarked
package io.weir.datapath.bridge;

import org.jspecify.annotations.NullMarked;
