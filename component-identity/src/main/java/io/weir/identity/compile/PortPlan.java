package io.weir.identity.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.weir.identity.component.Component;
import io.weir.identity.component.Document;
import io.weir.identity.component.Instance;
import io.weir.identity.component.IpPrefix;
import io.weir.identity.document.Problem;
import io.weir.identity.evaluate.BoundTable;
import io.weir.identity.evaluate.PortTable;

/** Who is behind which port: builds the tables of those ports whose instances have changed. Used once. */
@SuppressWarnings("ReferenceEquality") // an unchanged document is the same object
final class PortPlan {
    private static final int EXACT_LENGTH = 128;

    private final CompilerState last;
    private final Numbers numbers;
    private Map<Integer, List<Placement>> placements;
    private @Nullable PortTable[] tables;
    private BoundTable bound;

    PortPlan(CompilerState last, Numbers numbers) {
        this.last = last;
        this.numbers = numbers;
        this.placements = last.placements();
        this.tables = last.portTables();
        this.bound = last.bound();
    }

    Map<Integer, List<Placement>> placements() {
        return placements;
    }

    @Nullable
    PortTable[] tables() {
        return tables;
    }

    BoundTable bound() {
        return bound;
    }

    /**
     * Plans the ports.
     *
     * @param fresh components that are new or were compiled anew
     * @param gone components that were there, and are no more or have another document
     */
    void plan(
            List<Document> documents,
            List<CompiledComponent> fresh,
            List<CompiledComponent> gone,
            List<Problem> problems,
            Budget budget) {
        Set<Integer> touched = touched(fresh, gone);
        if (!touched.isEmpty()) {
            Map<Integer, List<Placement>> next = new HashMap<>(last.placements());
            touched.forEach(next::remove);
            documents.forEach(document -> place(document, touched, next));
            placements = next;
            tables = Arrays.copyOf(last.portTables(), numbers.portCount());
            for (int port : touched) {
                List<Placement> here = next.get(port);
                tables[port] = here == null ? null : table(port, here, problems, budget);
            }
            bound = boundTable();
        }
        long bytes = 0;
        for (PortTable table : tables) {
            bytes += table == null ? 0 : table.sizeBytes();
        }
        budget.carry(bytes);
        budget.charge("addresses of instances", bound.sizeBytes());
    }

    /** Ports that a changed instance is or was bound to. */
    private Set<Integer> touched(List<CompiledComponent> fresh, List<CompiledComponent> gone) {
        Map<Integer, List<Instance>> now = new HashMap<>();
        fresh.forEach(component -> now.put(component.identity(), instances(component.document())));
        Set<Integer> touched = new HashSet<>();
        for (CompiledComponent component : gone) {
            List<Instance> then = instances(component.document());
            if (!then.equals(now.get(component.identity()))) {
                touch(then, touched);
            }
        }
        for (CompiledComponent component : fresh) {
            List<Instance> instances = instances(component.document());
            if (!instances.equals(instances(document(last.component(component.identity()))))) {
                touch(instances, touched);
            }
        }
        return touched;
    }

    private void touch(List<Instance> instances, Set<Integer> touched) {
        instances.forEach(instance -> touched.add(numbers.port(instance.port())));
    }

    private static @Nullable Document document(@Nullable CompiledComponent component) {
        return component == null ? null : component.document();
    }

    private static List<Instance> instances(@Nullable Document document) {
        return document == null ? List.of() : ((Component) document.body()).instances();
    }

    private void place(Document document, Set<Integer> touched, Map<Integer, List<Placement>> next) {
        List<Instance> instances = instances(document);
        for (int i = 0; i < instances.size(); i++) {
            int port = numbers.port(instances.get(i).port());
            if (touched.contains(port)) {
                String path = "spec.identity.instances[" + i + ']';
                next.computeIfAbsent(port, at -> new ArrayList<>())
                        .add(new Placement(numbers.identity(document.id()), document, instances.get(i), path));
            }
        }
    }

    private PortTable table(int port, List<Placement> here, List<Problem> problems, Budget budget) {
        int[] assurances = Assurances.of(here, problems);
        try {
            return new PortTableBuilder(here, assurances, budget.mostInts()).build();
        } catch (Ints.TooLong tooLong) {
            throw budget.exceeded(
                    "port " + numbers.portNames()[port], "its instances take more than the budget leaves");
        }
    }

    private BoundTable boundTable() {
        Slots slots = new Slots();
        placements.forEach((port, here) -> here.forEach(placement -> {
            placement.instance().mac().ifPresent(mac -> bind(slots, BoundTable.MAC, 0, mac, port));
            for (IpPrefix ip : placement.instance().ips()) {
                if (ip.length() == EXACT_LENGTH) {
                    bind(slots, BoundTable.IP, ip.high(), ip.low(), port);
                }
            }
        }));
        Slots.Layout layout = slots.lay();
        return new BoundTable(layout.slots(), layout.mask(), layout.seed());
    }

    private static void bind(Slots slots, int kind, long high, long low, int port) {
        long before = slots.get(BoundTable.word(kind, 0), high, low);
        slots.put(BoundTable.word(kind, 0), high, low, before == 0 || before == port ? port : BoundTable.MANY);
        slots.put(BoundTable.word(kind, port), high, low, 1);
    }
}
