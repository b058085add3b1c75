package io.weir.datapath.parse;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The oracle of the parse stage: slow, over a byte array, written from the documents and not from the stage. A read beyond the
 * array says that the frame is malformed.
 */
final class NaiveParser {
    boolean dropped;
    int etherType;
    int network;
    int transport;
    int protocol = -1;
    private byte[] b = {};

    static NaiveParser parse(byte[] frame) {
        NaiveParser parser = new NaiveParser();
        parser.b = frame;
        try {
            parser.dropped = frame.length > 65_557 || !parser.frame();
        } catch (ArrayIndexOutOfBoundsException e) {
            parser.dropped = true;
        }
        return parser;
    }

    private int at(int i) {
        return Byte.toUnsignedInt(b[i]);
    }

    private int word(int i) {
        return at(i) * 256 + at(i + 1);
    }

    private boolean frame() {
        int at = 12;
        int type = word(at);
        int tags = 0;
        while (type == 0x8100 || type == 0x88A8 || type == 0x9100) {
            tags++;
            if (tags == 3) {
                return false;
            }
            at += 4;
            type = word(at);
        }
        at += 2;
        etherType = type;
        network = at;
        return type < 1536 ? logicalLink(at, type) : packet(at);
    }

    private boolean logicalLink(int at, int length) {
        if (length > 1500) {
            return false;
        }
        if (at + length > b.length) {
            return false;
        }
        b = Arrays.copyOf(b, at + length);
        boolean snap = at(at) == 0xAA && at(at + 1) == 0xAA && at(at + 2) == 3;
        if (!snap) {
            return at(at + 2) % 4 == 3 || at(at + 3) >= 0;
        }
        int protocolId = word(at + 6);
        if (at(at + 3) + at(at + 4) + at(at + 5) == 0 && protocolId >= 1536) {
            etherType = protocolId;
            network = at + 8;
            return packet(network);
        }
        return true;
    }

    private boolean packet(int at) {
        return switch (etherType) {
            case 0x0800 -> version4(at);
            case 0x86DD -> version6(at);
            case 0x0806 ->
                word(at) == 1
                        && word(at + 2) == 0x800
                        && at(at + 4) == 6
                        && at(at + 5) == 4
                        && Set.of(1, 2, 3, 4, 8, 9).contains(word(at + 6))
                        && at(at + 27) >= 0;
            default -> true;
        };
    }

    private boolean version4(int at) {
        int header = at(at) % 16 * 4;
        int total = word(at + 2);
        if (at(at) / 16 != 4 || header < 20 || total < header || at + total > b.length) {
            return false;
        }
        b = Arrays.copyOf(b, at + total);
        int option = at + 20;
        while (option < at + header && at(option) != 0) {
            if (at(option) == 1) {
                option++;
            } else if (option + 1 < at + header && at(option + 1) >= 2) {
                option += at(option + 1);
            } else {
                return false;
            }
        }
        if (option > at + header) {
            return false;
        }
        protocol = at(at + 9);
        int field = word(at + 6);
        return payload(4, at + header, field % 8192 * 8, field / 8192 % 2 == 1, header, at + header, protocol);
    }

    private boolean version6(int at) {
        int length = word(at + 4);
        int next = at(at + 6);
        if (at(at) / 16 != 6 || at + 40 + length > b.length || (length == 0 && next == 0)) {
            return false;
        }
        b = Arrays.copyOf(b, at + 40 + length);
        Set<Integer> seen = new HashSet<>();
        int here = at + 40;
        int count = 0;
        int fragment = -1;
        while (Set.of(0, 43, 44, 51, 60, 135, 139, 140).contains(next)) {
            if (++count > 8 || (next == 0 && count != 1) || (!seen.add(next) && next != 60)) {
                return false;
            }
            int size = next == 44 ? 8 : next == 51 ? (at(here + 1) + 2) * 4 : (at(here + 1) + 1) * 8;
            if (at(here + 7) < 0 || at(here + size - 1) < 0 || (next == 51 && size < 12)) {
                return false;
            }
            if ((next == 0 || next == 60) && !options(here + 2, here + size)) {
                return false;
            }
            if (next == 44) {
                fragment = here;
            }
            next = at(here);
            here += size;
            if (fragment >= 0 && word(fragment + 2) >= 8) {
                break;
            }
        }
        protocol = next;
        if (fragment < 0) {
            return payload(6, here, 0, false, 0, here, next);
        }
        int offset = word(fragment + 2) / 8 * 8;
        boolean more = word(fragment + 2) % 2 == 1;
        if (offset == 0 && !more && fragment + 8 == b.length) {
            return false;
        }
        return payload(6, here, offset, more, fragment - at - 40, fragment + 8, next);
    }

    private boolean options(int from, int to) {
        int option = from;
        while (option < to) {
            if (at(option) == 0xC2) {
                return false;
            }
            if (at(option) == 0) {
                option++;
            } else if (option + 1 < to) {
                option += 2 + at(option + 1);
            } else {
                return false;
            }
        }
        return option == to;
    }

    private boolean payload(int version, int at, int offset, boolean more, int before, int from, int next) {
        int length = b.length - from;
        if (offset > 0 || more) {
            if (length == 0 || (more && length % 8 != 0) || before + offset + length > 65_535) {
                return false;
            }
        }
        if (offset > 0) {
            return !(offset == 8 && next == 6);
        }
        int rest = b.length - at;
        boolean known = true;
        boolean good = true;
        if (next == 6) {
            good = rest >= 20 && at(at + 12) / 16 >= 5 && at(at + 12) / 16 * 4 <= rest;
        } else if (next == 17) {
            good = rest >= 8 && word(at + 4) >= 8 && (more || word(at + 4) <= rest);
        } else if (next == 132) {
            good = rest >= 12;
        } else if (next == 1 && version == 4) {
            good = rest >= 8;
        } else if (next == 2 && version == 4) {
            good = igmp(at, rest);
        } else if (next == 58 && version == 6) {
            good = rest >= 8 && control(at, rest, more);
        } else {
            known = false;
        }
        transport = known ? at : 0;
        return good;
    }

    private boolean igmp(int at, int rest) {
        return switch (at(at)) {
            case 0x11 -> rest == 8 || (rest >= 12 && 12 + 4 * word(at + 10) <= rest);
            case 0x12, 0x16, 0x17 -> rest >= 8;
            case 0x22 -> rest >= 8 && records(at + 8, word(at + 6), 4);
            default -> rest >= 4;
        };
    }

    private boolean records(int first, int count, int addressLength) {
        int at = first;
        for (int i = 0; i < count; i++) {
            at += 4 + addressLength + addressLength * word(at + 2) + 4 * at(at + 1);
            if (at > b.length) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("RefactorSwitch") // blocks and expressions mixed read worse
    private boolean control(int at, int rest, boolean more) {
        switch (at(at)) {
            case 133, 134, 135, 136, 137 -> {
                int body = new int[] {8, 16, 24, 24, 40}[at(at) - 133];
                int option = at + body;
                while (option < b.length) {
                    if (at(option + 1) == 0) {
                        return false;
                    }
                    option += at(option + 1) * 8;
                }
                return !more && option == b.length;
            }
            case 130 -> {
                return rest == 24 || (rest >= 28 && 28 + 16 * word(at + 26) <= rest);
            }
            case 131, 132 -> {
                return rest >= 24;
            }
            case 143 -> {
                return records(at + 8, word(at + 6), 16);
            }
            default -> {
                return true;
            }
        }
    }
}
