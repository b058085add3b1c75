package io.weir.identity.compile;

import java.util.List;
import java.util.Map;

import io.weir.identity.component.Peer;

/**
 * Peers of a rule with groups dissolved and components numbered.
 *
 * @param any everybody; the rest is empty then
 * @param identities ascending, each once
 * @param selectors sets of labels, each once
 * @param networks as written
 */
@SuppressWarnings("ArrayRecordComponent") // tables are never compared by value
record PeerSet(boolean any, int[] identities, List<Map<String, String>> selectors, List<Peer.ByCidr> networks) {
    static final PeerSet ANY = new PeerSet(true, new int[0], List.of(), List.of());

    static PeerSet of(int identity) {
        return new PeerSet(false, new int[] {identity}, List.of(), List.of());
    }
}
