package io.weir.identity.component;

import java.util.Collection;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PolicySetTest {
    private static final Document A = group("a", "text a");
    private static final Document B = group("b", "text b");
    private static final Document RULES = new Document(
            Kind.RULE_SET, "a", new RuleSet(Tier.PLATFORM, RuleMode.ENFORCE, List.of()), "r", Origin.NOWHERE);

    private static Document group(String id, String text) {
        return new Document(Kind.GROUP, id, new Group(List.of()), text, Origin.NOWHERE);
    }

    @Test
    void shouldKeepDocumentsByKindAndIdWhateverTheOrderTheyCameIn() {
        PolicySet set = PolicySet.EMPTY.with(List.of(RULES, B)).with(List.of(A));

        assertEquals(List.of(A, B, RULES), List.copyOf(set.documents()));
        assertEquals(List.of(A, B), List.copyOf(set.documents(Kind.GROUP)));
        assertSame(RULES, set.get(Kind.RULE_SET, "a"));
        assertNull(set.get(Kind.COMPONENT, "a"));
    }

    @Test
    void shouldReplaceADocumentWhenKindAndIdAreTheSame() {
        Document changed = group("a", "changed");

        PolicySet set = PolicySet.EMPTY.with(List.of(A, B)).with(List.of(changed));

        assertEquals(List.of(changed, B), List.copyOf(set.documents()));
    }

    @Test
    void shouldStayAsItWasWhenASetIsMadeFromIt() {
        PolicySet first = PolicySet.EMPTY.with(List.of(A));

        PolicySet second = first.with(List.of(B)).without(Kind.GROUP, "a");

        assertEquals(List.of(A), List.copyOf(first.documents()));
        assertEquals(List.of(B), List.copyOf(second.documents()));
        assertTrue(PolicySet.EMPTY.documents().isEmpty());
    }

    @Test
    void shouldBeTheSameSetWhenNothingIsThereToRemove() {
        PolicySet set = PolicySet.EMPTY.with(List.of(A));

        assertSame(set, set.without(Kind.GROUP, "none"));
    }

    @Test
    void shouldRefuseToBeChangedThroughItsDocuments() {
        Collection<Document> documents = PolicySet.EMPTY.with(List.of(A)).documents();

        assertThrows(UnsupportedOperationException.class, documents::clear);
    }

    @Test
    void shouldTellWhatAnotherSetDoesNotHold() {
        Document c = group("c", "c");
        Document changed = group("b", "changed");
        PolicySet before = PolicySet.EMPTY.with(List.of(A, B, c));
        PolicySet after = PolicySet.EMPTY.with(List.of(changed, c, RULES));

        assertEquals(List.of(changed, RULES), after.notIn(before));
        assertEquals(List.of(A, B), before.notIn(after));
        assertEquals(List.of(), before.notIn(before));
        assertEquals(List.of(A, B, c), before.notIn(PolicySet.EMPTY));
        assertEquals(List.of(), PolicySet.EMPTY.notIn(before));
    }

    @Test
    void shouldRefuseAGrant() {
        Document grant = new Document(Kind.GRANT, "g-1", new Group(List.of()), "", Origin.NOWHERE);

        assertThrows(IllegalArgumentException.class, () -> PolicySet.EMPTY.with(List.of(grant)));
    }

    @Test
    void shouldHaveTheSameDigestWhenItSaysTheSame() {
        PolicySet one = PolicySet.EMPTY.with(List.of(A, B, RULES));
        PolicySet other = PolicySet.EMPTY
                .with(List.of(RULES))
                .with(List.of(B, group("c", "c")))
                .with(List.of(A));

        assertEquals(one.digest(), other.without(Kind.GROUP, "c").digest());
        assertEquals(64, one.digest().length());
    }

    @Test
    void shouldHaveAnotherDigestWhenTextOrIdOrKindDiffers() {
        String digest = PolicySet.EMPTY.with(List.of(A)).digest();

        assertNotEquals(digest, PolicySet.EMPTY.digest());
        assertNotEquals(
                digest, PolicySet.EMPTY.with(List.of(group("a", "text"))).digest());
        assertNotEquals(
                digest, PolicySet.EMPTY.with(List.of(group("b", "text a"))).digest());
    }

    /** sha256sum of nothing, and of the digest of {@code printf 'Group\0a\0text a'}: revisions on disk carry it, so it must stay. */
    @Test
    void shouldKeepItsDigestOverReleases() {
        assertEquals("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", PolicySet.EMPTY.digest());
        assertEquals(
                "6d27d345a57e72b7bc97856c1031a374102ba2dd4c2e31bdf6433b04bd3cfd52",
                PolicySet.EMPTY.with(List.of(A)).digest());
    }
}
