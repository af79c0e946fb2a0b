package org.distbelief.paramserver.wire;

import java.util.ArrayList;
import java.util.List;
import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.wire.gen.Operation;
import org.distbelief.paramserver.wire.gen.OperationKind;
import org.distbelief.paramserver.wire.gen.RunRequest;
import org.jspecify.annotations.Nullable;

/** Programs of vector operations to and from the types of the wire. */
final class ProgramTranslation {
    private ProgramTranslation() {}

    static RunRequest request(long generation, long parameters, NumberedProgram numbered) {
        return new RunRequest(
                generation,
                numbered.term(),
                numbered.sequence(),
                parameters,
                numbered.program().operations().stream()
                        .map(ProgramTranslation::operation)
                        .toList());
    }

    static NumberedProgram program(RunRequest request) throws TProtocolException {
        if (request.getOperations().size() > ShardProgram.MOST_OPERATIONS) {
            throw Translation.invalid("expected at most " + ShardProgram.MOST_OPERATIONS + " operations, found "
                    + request.getOperations().size());
        }
        List<ShardOperation> operations = new ArrayList<>();
        try {
            for (Operation operation : request.getOperations()) {
                operations.add(operation(operation));
            }
            return new NumberedProgram(request.getTerm(), request.getSequence(), new ShardProgram(operations));
        } catch (IllegalArgumentException e) {
            throw Translation.invalid(e.getMessage() + "");
        }
    }

    private static Operation operation(ShardOperation operation) {
        if (operation instanceof ShardOperation.Fill fill) {
            return of(OperationKind.FILL, fill.vector()).setFactor(fill.value());
        } else if (operation instanceof ShardOperation.Random random) {
            return of(OperationKind.RANDOM, random.vector())
                    .setFactor(random.scale())
                    .setSeed(random.seed());
        } else if (operation instanceof ShardOperation.Copy copy) {
            return of(OperationKind.COPY, copy.to()).setOther(copy.from().value());
        } else if (operation instanceof ShardOperation.Scale scale) {
            return of(OperationKind.SCALE, scale.vector()).setFactor(scale.factor());
        } else if (operation instanceof ShardOperation.Axpy axpy) {
            return of(OperationKind.AXPY, axpy.to())
                    .setOther(axpy.from().value())
                    .setFactor(axpy.factor());
        } else if (operation instanceof ShardOperation.Multiply multiply) {
            return of(OperationKind.MULTIPLY, multiply.vector())
                    .setOther(multiply.by().value());
        } else if (operation instanceof ShardOperation.Dot dot) {
            return of(OperationKind.DOT, dot.left()).setOther(dot.right().value());
        } else if (operation instanceof ShardOperation.Norm norm) {
            return of(OperationKind.NORM, norm.vector());
        } else if (operation instanceof ShardOperation.Swap swap) {
            return of(OperationKind.SWAP, swap.one()).setOther(swap.other().value());
        } else if (operation instanceof ShardOperation.Free free) {
            return of(OperationKind.FREE, free.vector());
        }
        throw new IllegalArgumentException("expected an operation that travels, found " + operation);
    }

    private static Operation of(OperationKind kind, VectorName vector) {
        return new Operation(kind, vector.value());
    }

    private static ShardOperation operation(Operation operation) throws TProtocolException {
        VectorName vector = new VectorName(operation.getVector());
        OperationKind kind = operation.getKind();
        if (kind == null) {
            throw Translation.invalid("expected an operation that is known here");
        }
        return switch (kind) {
            case FILL -> new ShardOperation.Fill(vector, operation.getFactor());
            case RANDOM -> new ShardOperation.Random(vector, operation.getSeed(), operation.getFactor());
            case COPY -> new ShardOperation.Copy(other(operation), vector);
            case SCALE -> new ShardOperation.Scale(vector, operation.getFactor());
            case AXPY -> new ShardOperation.Axpy(operation.getFactor(), other(operation), vector);
            case MULTIPLY -> new ShardOperation.Multiply(other(operation), vector);
            case DOT -> new ShardOperation.Dot(vector, other(operation));
            case NORM -> new ShardOperation.Norm(vector);
            case SWAP -> new ShardOperation.Swap(vector, other(operation));
            case FREE -> new ShardOperation.Free(vector);
        };
    }

    private static VectorName other(Operation operation) throws TProtocolException {
        @Nullable String other = operation.getOther();
        if (other == null) {
            throw Translation.invalid("expected another vector for " + operation.getKind() + ", found none");
        }
        return new VectorName(other);
    }
}
