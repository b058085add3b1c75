/**
 * Ports: where frames enter and leave, and the settings an operator gives them.
 *
 * <p>Threading: settings are immutable; a port's receiver and transmitters belong to one worker each.
 */
@NullMarked
package io.weir.datapath.port;

import org.jspecify.annotations.NullMarked;
