package io.weir.identity.component;

import java.util.List;

/**
 * A name for a set of components.
 *
 * @param members components, labels or other groups; no addresses, not any
 */
public record Group(List<Peer> members) implements Body {
    public Group {
        members = List.copyOf(members);
    }
}
