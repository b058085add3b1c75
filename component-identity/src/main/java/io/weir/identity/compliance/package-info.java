/**
 * Information flow: which labels can reach which under a policy, and whether that stays within what another policy allows. After Rueda,
 * Sreenivasan and Jaeger, "Flexible Security Configuration for Virtual Machines" (2008), and the PIDSI of Rueda, King and Jaeger,
 * "Verifying Compliance of Trusted Programs" (2008).
 */
@NullMarked
package io.weir.identity.compliance;

import org.jspecify.annotations.NullMarked;
