package io.weir.control.grpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.grpc.stub.StreamObserver;

import io.weir.control.access.Caller;
import io.weir.control.policy.ApplyRequest;
import io.weir.control.policy.ApplyRequest.Options;
import io.weir.control.policy.ApplyResult;
import io.weir.control.policy.Explanations;
import io.weir.control.policy.PolicyEngine;
import io.weir.control.policy.PolicyRefusedException;
import io.weir.control.policy.Quarantine;
import io.weir.control.policy.UnknownException;
import io.weir.control.repository.Repository;
import io.weir.control.v1.ApplyResponse;
import io.weir.control.v1.ConfirmRequest;
import io.weir.control.v1.ConfirmResponse;
import io.weir.control.v1.DiffRequest;
import io.weir.control.v1.DiffResponse;
import io.weir.control.v1.ExplainRequest;
import io.weir.control.v1.Explanation;
import io.weir.control.v1.GetRevisionRequest;
import io.weir.control.v1.HistoryRequest;
import io.weir.control.v1.HistoryResponse;
import io.weir.control.v1.ListComponentsRequest;
import io.weir.control.v1.ListComponentsResponse;
import io.weir.control.v1.ListQuarantinesRequest;
import io.weir.control.v1.ListQuarantinesResponse;
import io.weir.control.v1.Manifest;
import io.weir.control.v1.PolicyServiceGrpc;
import io.weir.control.v1.QuarantineEntry;
import io.weir.control.v1.QuarantineRequest;
import io.weir.control.v1.ReleaseRequest;
import io.weir.control.v1.ReleaseResponse;
import io.weir.control.v1.Revision;
import io.weir.control.v1.RollbackRequest;
import io.weir.control.v1.RuleMode;
import io.weir.control.v1.SetModeRequest;
import io.weir.control.v1.ValidateRequest;
import io.weir.control.v1.ValidateResponse;
import io.weir.identity.component.Document;
import io.weir.identity.document.Problem;
import io.weir.identity.document.ProblemException;
import io.weir.identity.label.Level;
import io.weir.identity.manifest.ManifestReader;

/**
 * {@code weir.v1.PolicyService} over the policy engine.
 *
 * <p>Threading: called by gRPC's threads, any number at once; the engine serialises.
 */
public final class PolicyEndpoint extends PolicyServiceGrpc.PolicyServiceImplBase {
    private static final int DEFAULT_HISTORY = 100;

    private final PolicyEngine engine;
    private final Explanations explanations;
    private final Repository repository;

    /** @param repository for revisions as they were stored */
    public PolicyEndpoint(PolicyEngine engine, Explanations explanations, Repository repository) {
        this.engine = engine;
        this.explanations = explanations;
        this.repository = repository;
    }

    @Override
    public void validate(ValidateRequest request, StreamObserver<ValidateResponse> observer) {
        Answers.unary(observer, () -> {
            try {
                List<Document> documents = documents(request.getManifestsList());
                ApplyResult tried = engine.validate(documents);
                return ValidateResponse.newBuilder()
                        .setDocuments(documents.size())
                        .addAllWarnings(ProblemStatus.messages(tried.warnings()))
                        .build();
            } catch (ProblemException wrong) {
                return problems(wrong.errors());
            } catch (PolicyRefusedException failing) {
                return problems(failing.problems());
            }
        });
    }

    private static ValidateResponse problems(List<Problem> problems) {
        return ValidateResponse.newBuilder()
                .addAllProblems(ProblemStatus.messages(problems))
                .build();
    }

    /** The documents of all manifests, or every mistake in all of them. */
    private static List<Document> documents(List<Manifest> manifests) {
        List<Document> documents = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Manifest manifest : manifests) {
            try {
                documents.addAll(ManifestReader.read(manifest.getSource(), manifest.getText()));
            } catch (ProblemException wrong) {
                problems.addAll(wrong.errors());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(problems);
        }
        return documents;
    }

    @Override
    public void apply(io.weir.control.v1.ApplyRequest request, StreamObserver<ApplyResponse> observer) {
        Answers.unary(observer, () -> {
            int expect = request.hasExpect() ? request.getExpect() : ApplyRequest.ANY_HEAD;
            Options options = options(expect, request.getReason(), request.getDryRun(), request.getConfirmNs());
            return PolicyMessages.message(engine.apply(new ApplyRequest(
                    documents(request.getManifestsList()),
                    request.getDeletedList().stream().map(PolicyMessages::name).toList(),
                    options)));
        });
    }

    private static Options options(int expect, String reason, boolean dryRun, long confirmNs) {
        if (confirmNs < 0) {
            throw new IllegalArgumentException("confirm_ns must be at most " + Long.MAX_VALUE + ": was "
                    + Long.toUnsignedString(confirmNs) + "; choose a shorter time");
        }
        return new Options(expect, Caller.current().name(), reason, dryRun, confirmNs);
    }

    @Override
    public void confirm(ConfirmRequest request, StreamObserver<ConfirmResponse> observer) {
        Answers.unary(observer, () -> {
            int revision = request.getRevision() == 0 ? ApplyRequest.ANY_HEAD : request.getRevision();
            return ConfirmResponse.newBuilder()
                    .setRevision(engine.confirm(revision, Caller.current().name()))
                    .build();
        });
    }

    @Override
    public void history(HistoryRequest request, StreamObserver<HistoryResponse> observer) {
        Answers.unary(observer, () -> {
            int newest = request.getBefore() == 0 ? Integer.MAX_VALUE : request.getBefore() - 1;
            int limit = request.getLimit() == 0 ? DEFAULT_HISTORY : request.getLimit();
            HistoryResponse.Builder answer = HistoryResponse.newBuilder();
            engine.history(newest, limit).forEach(info -> answer.addRevisions(PolicyMessages.message(info)));
            engine.confirmBy().ifPresent(when -> answer.setConfirmBy(PolicyMessages.time(when)));
            return answer.build();
        });
    }

    @Override
    public void getRevision(GetRevisionRequest request, StreamObserver<Revision> observer) {
        Answers.unary(observer, () -> {
            int number = headOr(request.getNumber());
            var revision = repository
                    .read(number)
                    .orElseThrow(() -> new UnknownException(
                            "no such revision: was " + number + "; weir history lists 1 to " + repository.head()));
            return Revision.newBuilder()
                    .setInfo(PolicyMessages.message(revision.info()))
                    .addAllDocuments(revision.documents().stream()
                            .map(PolicyMessages::message)
                            .toList())
                    .build();
        });
    }

    private int headOr(int number) {
        return number == 0 ? repository.head() : number;
    }

    @Override
    public void diff(DiffRequest request, StreamObserver<DiffResponse> observer) {
        Answers.unary(
                observer, () -> PolicyMessages.message(explanations.diff(request.getFrom(), headOr(request.getTo()))));
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<ApplyResponse> observer) {
        Answers.unary(observer, () -> {
            int expect = request.hasExpect() ? request.getExpect() : ApplyRequest.ANY_HEAD;
            Options options = options(expect, request.getReason(), request.getDryRun(), request.getConfirmNs());
            return PolicyMessages.message(engine.rollback(request.getRevision(), options));
        });
    }

    @Override
    public void setMode(SetModeRequest request, StreamObserver<ApplyResponse> observer) {
        Answers.unary(observer, () -> {
            int expect = request.hasExpect() ? request.getExpect() : ApplyRequest.ANY_HEAD;
            Options options = options(expect, request.getReason(), request.getDryRun(), 0);
            return PolicyMessages.message(
                    engine.setMode(mode(request.getMode()), request.getTarget(), request.getForNs(), options));
        });
    }

    private static io.weir.identity.component.RuleMode mode(RuleMode mode) {
        return switch (mode) {
            case RULE_MODE_AUDIT -> io.weir.identity.component.RuleMode.AUDIT;
            case RULE_MODE_ENFORCE -> io.weir.identity.component.RuleMode.ENFORCE;
            case RULE_MODE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("mode must be said: choose RULE_MODE_AUDIT or RULE_MODE_ENFORCE");
        };
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<Explanation> observer) {
        Answers.unary(observer, () -> {
            Optional<Integer> revision =
                    request.getRevision() == 0 ? Optional.empty() : Optional.of(request.getRevision());
            return PolicyMessages.message(explanations.explain(
                    request.getFrom(),
                    request.getTo(),
                    request.getProtocol(),
                    request.getPort(),
                    level(request.getLabel()),
                    revision));
        });
    }

    private static Optional<Level> level(String label) {
        return label.isEmpty() ? Optional.empty() : Optional.of(Level.parse(label));
    }

    @Override
    public void listComponents(ListComponentsRequest request, StreamObserver<ListComponentsResponse> observer) {
        Answers.unary(observer, () -> {
            var epoch = engine.current();
            List<String> quarantined =
                    engine.quarantined().stream().map(Quarantine::component).toList();
            return ListComponentsResponse.newBuilder()
                    .addAllComponents(PolicyMessages.components(epoch, quarantined))
                    .setEpoch(epoch.epoch())
                    .setRevision(epoch.revision())
                    .build();
        });
    }

    @Override
    public void quarantine(QuarantineRequest request, StreamObserver<QuarantineEntry> observer) {
        Answers.unary(
                observer,
                () -> PolicyMessages.message(engine.quarantine(
                        request.getComponent(), Caller.current().name(), request.getReason())));
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
        Answers.unary(observer, () -> {
            engine.release(request.getComponent(), Caller.current().name());
            return ReleaseResponse.getDefaultInstance();
        });
    }

    @Override
    public void listQuarantines(ListQuarantinesRequest request, StreamObserver<ListQuarantinesResponse> observer) {
        Answers.unary(
                observer,
                () -> ListQuarantinesResponse.newBuilder()
                        .addAllQuarantines(engine.quarantined().stream()
                                .map(PolicyMessages::message)
                                .toList())
                        .build());
    }
}
