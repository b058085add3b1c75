package io.weir.control.cli;

import java.util.List;

import io.weir.control.v1.DeniesRequest;
import io.weir.control.v1.DeniesResponse;
import io.weir.control.v1.FlowMap;
import io.weir.control.v1.FlowRecord;
import io.weir.control.v1.GetStatisticsRequest;
import io.weir.control.v1.ListPortsRequest;
import io.weir.control.v1.MapRequest;
import io.weir.control.v1.Port;
import io.weir.control.v1.Statistics;

/**
 * What the switch counted up to one moment.
 *
 * @param ns monotonic time at which it was asked for
 * @param statistics the whole switch
 * @param ports its ports
 * @param map components and pairs of them
 * @param denies counts of denied packets, those with the most first
 * @param errors why records wait or are shed
 */
record TopSample(
        long ns, Statistics statistics, List<Port> ports, FlowMap map, List<FlowRecord> denies, List<String> errors) {
    private static final int DENIES = 200;

    static TopSample of(ControlChannel daemon) {
        DeniesResponse denies = daemon.flows()
                .denies(DeniesRequest.newBuilder().setLimit(DENIES).build());
        return new TopSample(
                System.nanoTime(),
                daemon.ports().getStatistics(GetStatisticsRequest.getDefaultInstance()),
                daemon.ports().listPorts(ListPortsRequest.getDefaultInstance()).getPortsList(),
                daemon.flows().map(MapRequest.getDefaultInstance()).next(),
                denies.getDeniesList(),
                denies.getErrorsList());
    }
}
