package io.weir.datapath.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Levels by their text, {@code s2:c1,c3} or with runs, {@code s2:c1.c3}, numbered as they come up, up to a most. */
public final class TestLevels implements Levels {
    private final int most;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    public TestLevels(int most) {
        this.most = most;
    }

    @Override
    public synchronized int number(WireLevel level) {
        String text = text(level);
        Integer known = numbers.get(text);
        if (known != null || texts.size() == most) {
            return known == null ? 0 : known;
        }
        texts.add(text);
        numbers.put(text, texts.size());
        return texts.size();
    }

    public int number(String text) {
        return number(level(text));
    }

    @Override
    public synchronized void read(int number, WireLevel level) {
        fill(texts.get(number - 1), level);
    }

    /** Text of the level with that number. */
    public synchronized String text(int number) {
        return number == 0 ? "" : texts.get(number - 1);
    }

    public static WireLevel level(String text) {
        WireLevel level = new WireLevel();
        fill(text, level);
        return level;
    }

    private static void fill(String text, WireLevel level) {
        String[] parts = text.split(":", -1);
        level.begin(Integer.parseInt(parts[0].substring(1)));
        for (String run : parts.length < 2 ? new String[0] : parts[1].split(",", -1)) {
            String[] ends = run.split("\\.", -1);
            int last = Integer.parseInt(ends[ends.length - 1].substring(1));
            for (int category = Integer.parseInt(ends[0].substring(1)); category <= last; category++) {
                level.add(category);
            }
        }
    }

    /** The text with single categories. */
    public static String text(WireLevel level) {
        StringBuilder text = new StringBuilder("s").append(level.sensitivity());
        char separator = ':';
        for (int category = level.next(0); category >= 0; category = level.next(category + 1)) {
            text.append(separator).append('c').append(category);
            separator = ',';
        }
        return text.toString();
    }
}
