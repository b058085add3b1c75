/**
 * Who may talk to whom: the stages that ask the policy about every packet, remember its answers per session, and record what
 * was denied.
 *
 * <p>Threading: stages and their tables belong to one worker; deny table and flow ring have one reader on another thread.
 */
@NullMarked
package io.weir.datapath.firewall;

import org.jspecify.annotations.NullMarked;
