/** Security labels in IP options. */
@NullMarked
package io.weir.datapath.label;

import org.jspecify.annotations.NullMarked;
