package io.weir.identity.compile;

import java.util.concurrent.ThreadLocalRandom;

import io.weir.identity.evaluate.LimitChains;
import io.weir.identity.evaluate.PolicyEpoch;
import io.weir.identity.label.LevelNumbers;

/**
 * Compiles documents to epochs, each time starting from the last success: only what a change touches is built anew, the rest is
 * shared between epochs.
 *
 * <p>Numbers of identities, ports, rules and limit scopes stay while the compiler lives, and are never given to another thing. A
 * refused request leaves everything as it was.
 *
 * <p>Threading: one thread at a time.
 */
public final class PolicyCompiler {
    /** Of tables on the heap, when nothing else is said. */
    public static final long DEFAULT_BUDGET_BYTES = 512L << 20;

    private final long budgetBytes;
    private final LevelNumbers levels;
    private final Numbers numbers = new Numbers();
    private final Profiles profiles = new Profiles();
    private CompilerState last = CompilerState.NONE;

    /** @param budgetBytes most bytes that the tables of one epoch may take */
    public PolicyCompiler(long budgetBytes) {
        this(budgetBytes, LevelNumbers.process());
    }

    /** @param levels that its epochs number their security levels by */
    public PolicyCompiler(long budgetBytes, LevelNumbers levels) {
        this.budgetBytes = budgetBytes;
        this.levels = levels;
    }

    /** A new compiler with level numbers of its own: what its requests name, it alone remembers. */
    public PolicyCompiler apart() {
        return new PolicyCompiler(budgetBytes, new LevelNumbers(ThreadLocalRandom.current()));
    }

    /**
     * The epoch of the request.
     *
     * @throws io.weir.identity.document.ProblemException when documents contradict each other, refer to nothing, or take more than
     * the budget: every mistake at once
     */
    public PolicyEpoch compile(CompileRequest request) {
        Budget budget = new Budget(budgetBytes);
        Compilation.Result result =
                new Compilation(request, last, numbers, levels, profiles, budget).run(new LimitChains());
        last = result.state();
        return result.epoch();
    }

    /**
     * The epoch that {@link #compile} would give, to be looked at: it is forgotten, and so are the numbers of what it alone names,
     * which may stand for other things later. Only the levels that it names keep their numbers. Built all anew.
     *
     * @throws io.weir.identity.document.ProblemException as {@link #compile}
     */
    public PolicyEpoch tryOut(CompileRequest request) {
        Budget budget = new Budget(budgetBytes);
        return new Compilation(request, CompilerState.NONE, numbers.copy(), levels, new Profiles(), budget)
                .run(new LimitChains())
                .epoch();
    }
}
