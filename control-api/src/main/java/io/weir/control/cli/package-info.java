/**
 * The command line: one class a verb, tables and JSON, exit codes.
 *
 * <p>Threading: the main thread; streaming verbs print from it as well.
 */
@NullMarked
package io.weir.control.cli;

import org.jspecify.annotations.NullMarked;
