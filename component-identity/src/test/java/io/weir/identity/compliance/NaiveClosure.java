package io.weir.identity.compliance;

import java.util.List;

/** The oracle: Floyd and Warshall over all nodes, with lengths. */
final class NaiveClosure {
    static final int FAR = 1_000_000;

    private final int[][] length;

    /** @param steps pairs of nodes */
    NaiveClosure(int nodes, List<int[]> steps) {
        length = new int[nodes][nodes];
        for (int from = 0; from < nodes; from++) {
            for (int to = 0; to < nodes; to++) {
                length[from][to] = from == to ? 0 : FAR;
            }
        }
        for (int[] step : steps) {
            if (step[0] != step[1]) {
                length[step[0]][step[1]] = 1;
            }
        }
        for (int over = 0; over < nodes; over++) {
            for (int from = 0; from < nodes; from++) {
                for (int to = 0; to < nodes; to++) {
                    length[from][to] = Math.min(length[from][to], length[from][over] + length[over][to]);
                }
            }
        }
    }

    /** Steps of the shortest way, FAR and more when there is none. */
    int length(int from, int to) {
        return length[from][to];
    }
}
