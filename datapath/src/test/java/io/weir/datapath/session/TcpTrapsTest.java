package io.weir.datapath.session;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.weir.datapath.wire.IpProtocol;
import io.weir.datapath.wire.TcpHeader;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Exchanges that stateful firewalls have got wrong, as tables: those of Linux' packetdrill scripts {@code conntrack_*.pkt},
 * and some more. A row is {@code direction flags sequence acknowledgment window length scale -> outcome state}; the direction is
 * {@code >} for the initiator and {@code <} for the other side, the scale {@code -} where the segment has no such option.
 */
@Timeout(60)
class TcpTrapsTest {
    private static final String HANDSHAKE = """
            > S 0 0 65535 0 8 -> ok syn-sent
            < SA 0 1 65535 0 - -> ok syn-received
            > A 1 1 65535 0 - -> ok established
            """;

    record Trap(String name, String rows) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Trap> traps() {
        return Stream.of(
                new Trap("ack_loss_stall: data that was acknowledged comes again", ackLossStall()),
                new Trap("inexact_rst: a stray reset when all is over", """
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < SA 1 1 65535 0 - -> ok syn-received
                        > A 1 2 65535 0 - -> ok established
                        < A 2 1 65535 3000 - -> ok established
                        > A 1 3002 65535 0 - -> ok established
                        > PA 1 3002 65535 1000 - -> ok established
                        < FA 3002 1001 65535 0 - -> ok fin-wait
                        > A 1001 3003 65535 0 - -> ok close-wait
                        > RA 1001 3003 65535 0 - -> closes closed
                        < R 2001 0 0 0 - -> ok closed
                        """),
                new Trap("inexact_rst: in the window, when one side has closed", HANDSHAKE + """
                        < FA 1 1 65535 0 - -> ok fin-wait
                        > A 1 2 65535 0 - -> ok close-wait
                        > R 900 0 0 0 - -> closes closed
                        """),
                new Trap("rst_invalid: resets that the receiver would not obey", """
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < SA 1 1 65535 0 - -> ok syn-received
                        > A 1 2 65535 0 - -> ok established
                        < A 2 1 65535 3000 - -> ok established
                        > A 1 3002 65535 0 - -> ok established
                        < R 0 0 0 0 - -> invalid established
                        < R 1000000 0 0 0 - -> invalid established
                        < R 42 0 0 0 - -> invalid established
                        > PA 1 3002 65535 1000 - -> ok established
                        < A 3002 1001 65535 0 - -> ok established
                        < RA 3001 1001 0 0 - -> invalid established
                        < RA 3002 1001 0 0 - -> closes closed
                        """),
                new Trap("rst_invalid: in the window, but not exact, provokes a challenge ACK", HANDSHAKE + """
                        < R 500 0 0 0 - -> ok established
                        > A 1 1 65535 0 - -> ok established
                        < R 1 0 0 0 - -> closes closed
                        """),
                new Trap("syn_challenge_ack: the peer still has the former connection", """
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < A 145824453 643160523 240 0 - -> ok syn-sent
                        > R 643160523 0 0 0 - -> ok syn-sent
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < SA 0 1 250 0 0 -> ok syn-received
                        > A 1 1 256 0 - -> ok established
                        """),
                new Trap("syn_challenge_ack: an answer with data is none", """
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < A 145824453 643160523 240 100 - -> invalid syn-sent
                        < FA 145824453 643160523 240 0 - -> invalid syn-sent
                        > R 643160523 0 0 0 - -> invalid syn-sent
                        """),
                new Trap("synack_old: the answer to a former SYN", """
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < SA 145824453 643160523 240 0 0 -> invalid syn-sent
                        > S 0 0 65535 0 8 -> ok syn-sent
                        < SA 145758918 1 250 0 0 -> ok syn-received
                        > PA 1 145758919 256 1 - -> ok established
                        """),
                new Trap("synack_reuse: the client begins again while we think it is open", """
                        > S 0 0 32792 0 7 -> ok syn-sent
                        < SA 0 1 65535 0 8 -> ok syn-received
                        > A 1 1 257 0 - -> ok established
                        > PA 1 1 257 100 - -> ok established
                        < A 1 101 256 0 - -> ok established
                        > S 2000 0 32792 0 7 -> ok established
                        < A 1 101 256 0 - -> ok established
                        > RA 101 1 257 0 - -> closes closed
                        > S 2000 0 32792 0 0 -> new syn-sent
                        < SA 5000 2001 65535 0 8 -> ok syn-received
                        > A 2001 5001 65535 0 - -> ok established
                        """),
                new Trap("the server has lost the connection and takes the new SYN", HANDSHAKE + """
                        > PA 1 1 65535 100 - -> ok established
                        > S 7000000 0 65535 0 8 -> ok established
                        < SA 900000000 7000001 65535 0 8 -> ok syn-received
                        > A 7000001 900000001 65535 0 - -> ok established
                        < A 900000001 7000001 65535 1000 - -> ok established
                        """),
                new Trap("the server refuses the new SYN", HANDSHAKE + """
                        > S 7000000 0 65535 0 8 -> ok established
                        < RA 0 7000001 0 0 - -> closes closed
                        """),
                new Trap("nothing listens", """
                        > S 100 0 65535 0 - -> ok syn-sent
                        < RA 0 99 0 0 - -> invalid syn-sent
                        < R 0 0 0 0 - -> invalid syn-sent
                        < RA 0 101 0 0 - -> closes closed
                        > S 100 0 65535 0 - -> new syn-sent
                        """),
                new Trap("closing in order, and opening again", HANDSHAKE + """
                        > FA 1 1 65535 0 - -> ok fin-wait
                        < A 1 2 65535 0 - -> ok close-wait
                        < A 1 2 65535 500 - -> ok close-wait
                        > A 2 501 65535 0 - -> ok close-wait
                        < FA 501 2 65535 0 - -> ok last-ack
                        > A 2 502 65535 0 - -> closes time-wait
                        < FA 501 2 65535 0 - -> ok time-wait
                        > A 2 502 65535 0 - -> ok time-wait
                        < S 80000 0 65535 0 8 -> new syn-sent
                        """),
                new Trap("both close at once", HANDSHAKE + """
                        > FA 1 1 65535 0 - -> ok fin-wait
                        < FA 1 1 65535 0 - -> ok last-ack
                        > A 2 2 65535 0 - -> ok last-ack
                        < A 2 2 65535 0 - -> closes time-wait
                        """),
                new Trap("both open at once", """
                        > S 100 0 65535 0 7 -> ok syn-sent
                        < S 300 0 65535 0 7 -> ok syn-sent-twice
                        > S 100 0 65535 0 7 -> ok syn-sent-twice
                        > SA 100 301 65535 0 7 -> ok syn-received
                        < SA 300 101 65535 0 7 -> ok established
                        > A 101 301 512 100 - -> ok established
                        """),
                new Trap("data with the SYN, of which only the SYN is taken", """
                        > S 100 0 65535 500 7 -> ok syn-sent
                        < SA 300 101 65535 0 7 -> ok syn-received
                        > A 101 301 512 500 - -> ok established
                        < A 301 601 512 0 - -> ok established
                        """),
                new Trap("impossible flags", HANDSHAKE + """
                        > SF 1 0 65535 0 - -> invalid established
                        > SR 1 0 65535 0 - -> invalid established
                        > F 1 0 65535 0 - -> invalid established
                        > P 1 0 65535 9 - -> invalid established
                        > RFA 1 1 65535 0 - -> invalid established
                        < S 1 0 65535 0 - -> invalid established
                        """),
                new Trap("super-frames that reach over the edge, and numbers that wrap", """
                        > S 4294967200 0 65535 0 - -> ok syn-sent
                        < SA 4294960000 4294967201 65535 0 - -> ok syn-received
                        > A 4294967201 4294960001 65535 65000 - -> ok established
                        > A 64905 4294960001 65535 65000 - -> ok established
                        < A 4294960001 129905 65535 0 - -> ok established
                        > A 195441 4294960001 65535 1 - -> invalid established
                        > A 195440 4294960001 65535 1 - -> ok established
                        """),
                new Trap("scaled windows", """
                        > S 0 0 65535 0 10 -> ok syn-sent
                        < SA 0 1 65535 0 10 -> ok syn-received
                        > A 1 1 64 0 - -> ok established
                        < A 1 1 64 65000 - -> ok established
                        < A 65001 1 64 1000 - -> ok established
                        < A 1000000 1 64 1000 - -> invalid established
                        > A 1 66001 1000 0 - -> ok established
                        < A 1000000 1 64 1000 - -> ok established
                        """),
                new Trap("a closed window and its probe", HANDSHAKE + """
                        < A 1 1 0 65534 - -> ok established
                        > A 1 65535 0 0 - -> ok established
                        < A 65535 1 0 1 - -> ok established
                        """));
    }

    private static String ackLossStall() {
        StringBuilder rows = new StringBuilder("""
                > S 0 0 32792 0 - -> ok syn-sent
                < SA 0 1 65535 0 - -> ok syn-received
                > A 1 1 65535 0 - -> ok established
                """);
        for (int sequence = 1; sequence < 67_161; sequence += 1460) {
            rows.append("> PA %d 1 257 1460 - -> ok established%n".formatted(sequence));
            rows.append("< A 1 %d 65535 0 - -> ok established%n".formatted(sequence + 1460));
        }
        return rows + "> PA 1 1 257 1460 - -> ok established\n< A 1 67161 65535 0 - -> ok established\n";
    }

    @ParameterizedTest
    @MethodSource("traps")
    void shouldFollowTheTable(Trap trap) {
        try (SessionTable table = SessionTable.create(64, 1, SessionTimeouts.DEFAULT, SessionEvents.NONE)) {
            TcpTracker tracker = new TcpTracker(table);
            SessionKey key = new SessionKey().ends(false, 0, 1, 0, 2).transport(1, IpProtocol.TCP, 1000, 80);
            TcpSegment segment = new TcpSegment();
            int session = SessionTable.MISS;
            int line = 0;
            for (String row : trap.rows().lines().toList()) {
                line++;
                List<String> words = List.of(row.split(" "));
                fill(segment, words);
                String outcome = "ok";
                if (session != SessionTable.MISS) {
                    outcome = name(tracker.track(session, words.get(0).equals("<"), segment));
                }
                if (session == SessionTable.MISS || outcome.equals("new")) {
                    if (session != SessionTable.MISS) {
                        table.end(session);
                    }
                    session = table.begin(key, 1, 2, 0);
                    tracker.begin(session, segment);
                }
                String state = SessionState.name(table.fields().state(session));
                assertEquals(words.get(8) + " " + words.get(9), outcome + " " + state, "row " + line + ": " + row);
            }
        }
    }

    private static void fill(TcpSegment segment, List<String> words) {
        int flags = 0;
        for (char letter : words.get(1).toCharArray()) {
            flags |= switch (letter) {
                case 'S' -> TcpHeader.SYN;
                case 'A' -> TcpHeader.ACK;
                case 'F' -> TcpHeader.FIN;
                case 'R' -> TcpHeader.RST;
                default -> TcpHeader.PSH;
            };
        }
        int scale = words.get(6).equals("-") ? TcpSegment.NO_SCALE : Integer.parseInt(words.get(6));
        segment.set(
                flags,
                Long.parseLong(words.get(2)),
                Long.parseLong(words.get(3)),
                Integer.parseInt(words.get(4)),
                Integer.parseInt(words.get(5)),
                scale);
    }

    private static String name(int outcome) {
        return switch (outcome) {
            case TcpTracker.OK -> "ok";
            case TcpTracker.CLOSES -> "closes";
            case TcpTracker.NEW -> "new";
            default -> "invalid";
        };
    }
}
