package io.weir.identity.document;

/**
 * One mistake in a configuration.
 *
 * @param source file name, or the command whose options were wrong
 * @param line line in the file, from 1; 0 where lines mean nothing
 * @param key full key, such as {@code ports[1].vlan.access}; empty for the document as a whole
 * @param problem what is wrong, with the value
 * @param remedy what to do
 */
public record Problem(String source, int line, String key, String problem, String remedy) {
    /** {@code weir.yaml:12: ports[1].vlan.access: must be 1 to 4094: was 5000; choose a VLAN in that range}. */
    @Override
    public String toString() {
        String where = line > 0 ? source + ':' + line : source;
        String what = key.isEmpty() ? problem : key + ": " + problem;
        return where + ": " + what + "; " + remedy;
    }
}
