package io.weir.identity.evaluate;

import io.weir.identity.component.Kind;
import io.weir.identity.component.RuleAction;
import io.weir.identity.component.Tier;

/**
 * What a rule number stands for. A rule that stands on both sides has two numbers.
 *
 * @param number 1 up, kept for as long as the rule lives
 * @param owner id of the document that holds it
 * @param egressSide whether it stands on the source's side
 * @param path of the rule in its document, such as {@code spec.ingress[0]}
 */
public record RuleInfo(
        int number,
        Tier tier,
        String owner,
        Kind ownerKind,
        String ruleId,
        boolean egressSide,
        RuleAction action,
        String path) {}
