package io.weir.perf.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What {@code iperf3 -J} prints at the client's end of a TCP test. */
record Iperf3Report(double receivedBps) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Throws {@link BenchException} with iperf3's own words when the test failed. */
    static Iperf3Report parse(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new BenchException("iperf3 printed no JSON: " + Command.lastLine(json), e);
        }
        if (root.hasNonNull("error")) {
            throw new BenchException("iperf3: " + root.get("error").asText());
        }
        JsonNode received = root.path("end").path("sum_received").path("bits_per_second");
        if (!received.isNumber()) {
            throw new BenchException("iperf3 reported no end.sum_received.bits_per_second");
        }
        return new Iperf3Report(received.asDouble());
    }
}
