package io.weir.control.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.weir.control.v1.Grant;

/** Grants as a table and as documents. */
final class GrantListing {
    private GrantListing() {}

    static Table table(List<Grant> grants) {
        Table table = new Table("GRANT", "STATE", "LEFT", "EXPIRES", "AUTHOR", "REASON");
        for (Grant grant : grants) {
            String left = grant.getLeftNs() == 0 ? "-" : Ages.seconds(grant.getLeftNs());
            table.row(
                    grant.getId(),
                    state(grant),
                    left,
                    ApplyListing.time(grant.getExpires()),
                    grant.getAuthor(),
                    grant.getReason());
        }
        return table;
    }

    private static String state(Grant grant) {
        return grant.getState().name().substring("GRANT_STATE_".length()).toLowerCase(Locale.ROOT);
    }

    static Map<String, Object> document(Grant grant) {
        Json.Fields fields = Json.fields()
                .put("id", grant.getId())
                .put("state", state(grant))
                .put("leftNs", grant.getLeftNs())
                .put("created", ApplyListing.time(grant.getCreated()))
                .put("expires", ApplyListing.time(grant.getExpires()))
                .put("author", grant.getAuthor())
                .put("reason", grant.getReason())
                .put("endedBy", grant.getEndedBy());
        if (grant.hasEnded()) {
            fields.put("ended", ApplyListing.time(grant.getEnded()));
        }
        return fields.put("text", grant.getText()).map();
    }
}
