/**
 * Tests of the doctor package.
 *
 * <p>Threading: none.
 */
@NullMarked
package io.weir.control.doctor;

import org.jspecify.annotations.NullMarked;
