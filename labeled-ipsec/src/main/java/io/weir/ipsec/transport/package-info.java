/** Datagrams between hosts: UDP and raw IP sockets, by system calls or by Netty. */
@NullMarked
package io.weir.ipsec.transport;

import org.jspecify.annotations.NullMarked;
