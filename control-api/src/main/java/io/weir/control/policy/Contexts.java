package io.weir.control.policy;

import io.weir.datapath.policy.Identity;
import io.weir.identity.component.Component;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.label.LabelDomain;

/** Security contexts for people: where nobody speaks of labels, there is none to show. */
public final class Contexts {
    private Contexts() {}

    /** The component's own context, else that of the domain; empty when neither says one. */
    public static String of(PolicyEpoch epoch, int identity) {
        if (identity == Identity.NONE) {
            return "";
        }
        Component component = epoch.component(identity);
        boolean own = component != null && component.securityLabel().isPresent();
        boolean domain = !epoch.labelSettings().domain().equals(LabelDomain.NONE);
        return own || domain ? epoch.contextOf(identity).toString() : "";
    }
}
