package io.weir.identity.compile;

import io.weir.identity.component.Document;

/**
 * A grant and its time on the monotonic clock.
 *
 * @param document of kind GRANT
 * @param beganNs when it was created; it holds from then on
 * @param expiresNs when it ends, exclusive
 */
public record ActiveGrant(Document document, long beganNs, long expiresNs) {}
