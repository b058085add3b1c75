package io.weir.control.grpc;

import java.util.List;

import io.grpc.stub.StreamObserver;

import io.weir.control.access.Caller;
import io.weir.control.clock.DurableClock;
import io.weir.control.grant.GrantEntry;
import io.weir.control.policy.PolicyEngine;
import io.weir.control.v1.CreateGrantRequest;
import io.weir.control.v1.Grant;
import io.weir.control.v1.GrantServiceGrpc;
import io.weir.control.v1.GrantState;
import io.weir.control.v1.ListGrantsRequest;
import io.weir.control.v1.ListGrantsResponse;
import io.weir.control.v1.RevokeGrantRequest;
import io.weir.identity.component.Document;
import io.weir.identity.manifest.ManifestReader;

/**
 * {@code weir.v1.GrantService} over the policy engine.
 *
 * <p>Threading: called by gRPC's threads, any number at once; the engine serialises.
 */
public final class GrantEndpoint extends GrantServiceGrpc.GrantServiceImplBase {
    private final PolicyEngine engine;
    private final DurableClock clock;

    public GrantEndpoint(PolicyEngine engine, DurableClock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    @Override
    public void create(CreateGrantRequest request, StreamObserver<Grant> observer) {
        Answers.unary(observer, () -> {
            List<Document> documents = ManifestReader.read(
                    request.getManifest().getSource(), request.getManifest().getText());
            if (documents.size() != 1) {
                throw new IllegalArgumentException("manifest must hold one document of kind Grant: was "
                        + documents.size() + " documents; create one grant at a time");
            }
            return message(engine.grant(documents.getFirst(), Caller.current().name()));
        });
    }

    @Override
    public void revoke(RevokeGrantRequest request, StreamObserver<Grant> observer) {
        Answers.unary(
                observer,
                () -> message(engine.revoke(request.getId(), Caller.current().name())));
    }

    @Override
    public void list(ListGrantsRequest request, StreamObserver<ListGrantsResponse> observer) {
        Answers.unary(
                observer,
                () -> ListGrantsResponse.newBuilder()
                        .addAllGrants(
                                engine.grants().stream().map(this::message).toList())
                        .build());
    }

    private Grant message(GrantEntry entry) {
        Grant.Builder message = Grant.newBuilder()
                .setId(entry.id())
                .setReason(entry.reason())
                .setAuthor(entry.author())
                .setState(GrantState.valueOf("GRANT_STATE_" + entry.state()))
                .setCreated(PolicyMessages.time(entry.created()))
                .setExpires(PolicyMessages.time(entry.expires().wall()))
                .setEndedBy(entry.endedBy())
                .setText(entry.document().text());
        if (entry.active()) {
            message.setLeftNs(Math.max(0, entry.expires().atNs() - clock.nowNs()));
        } else {
            message.setEnded(PolicyMessages.time(entry.ended()));
        }
        return message.build();
    }
}
