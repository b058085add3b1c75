/**
 * What the machine offers to the switch, and what to do about each lack.
 *
 * <p>Threading: one thread; findings are immutable.
 */
@NullMarked
package io.weir.control.doctor;

import org.jspecify.annotations.NullMarked;
