package io.weir.control.audit;

/** Names made from the numbers. */
public final class NumberNames implements Names {
    @Override
    public String identity(int identity) {
        return "component-" + identity;
    }

    @Override
    public RuleName rule(int rule) {
        return rule == 0 ? RuleName.NONE : new RuleName("document-" + rule, "rule", "component");
    }

    @Override
    public String port(int number) {
        return "vm" + number;
    }
}
