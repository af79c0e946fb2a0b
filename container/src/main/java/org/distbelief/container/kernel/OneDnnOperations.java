package org.distbelief.container.kernel;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reduction;
import org.bytedeco.dnnl.softmax_forward;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Makes oneDNN's primitives for given shapes. */
final class OneDnnOperations {
    private final engine cpu;
    private final stream queue;

    OneDnnOperations(engine cpu, stream queue) {
        this.cpu = cpu;
        this.queue = queue;
    }

    /** (values, bias, result): result = f(values + bias of the row). */
    OneDnnOperation bias(int rows, int columns, dnnl.@Nullable algorithm f) {
        // Rows as oneDNN's channels: the broadcast along a row that it has fast code for.
        memory.desc values =
                new memory.desc(new long[] {1, rows, columns}, memory.data_type.f32, memory.format_tag.abc);
        memory.desc bias = new memory.desc(new long[] {1, rows, 1}, memory.data_type.f32, memory.format_tag.abc);
        primitive_attr attributes = new primitive_attr();
        List<Pointer> held = new ArrayList<>(List.of(values, bias, attributes));
        if (f != null) {
            post_ops after = new post_ops();
            after.append_eltwise(f, 0, 0);
            attributes.set_post_ops(after);
            held.add(after);
        }
        binary.primitive_desc description =
                new binary.primitive_desc(cpu, dnnl.algorithm.binary_add, values, bias, values, attributes, false);
        held.add(description);
        return operation(
                new binary(description),
                held,
                new int[] {dnnl.DNNL_ARG_SRC_0, dnnl.DNNL_ARG_SRC_1, dnnl.DNNL_ARG_DST},
                values,
                bias,
                values);
    }

    /** (outputs, gradient, result): result = gradient times the derivative, which follows from the outputs. */
    OneDnnOperation gradient(int count, dnnl.algorithm f) {
        memory.desc values = vector(count);
        eltwise_forward.primitive_desc forward =
                new eltwise_forward.primitive_desc(cpu, dnnl.prop_kind.forward_training, f, values, values, 0f, 0f);
        eltwise_backward.primitive_desc description =
                new eltwise_backward.primitive_desc(cpu, f, values, values, values, 0f, 0f, forward);
        return operation(
                new eltwise_backward(description),
                List.of(values, forward, description),
                new int[] {dnnl.DNNL_ARG_DST, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_DIFF_SRC},
                values,
                values,
                values);
    }

    /** (values, sums). */
    OneDnnOperation rowSums(int rows, int columns, boolean add) {
        memory.desc values = matrix(rows, columns);
        memory.desc sums = matrix(rows, 1);
        primitive_attr attributes = new primitive_attr();
        List<Pointer> held = new ArrayList<>(List.of(values, sums, attributes));
        if (add) {
            post_ops after = new post_ops();
            after.append_sum();
            attributes.set_post_ops(after);
            held.add(after);
        }
        reduction.primitive_desc description = new reduction.primitive_desc(
                cpu, dnnl.algorithm.reduction_sum, values, sums, 0f, 0f, attributes, false);
        held.add(description);
        return operation(
                new reduction(description), held, new int[] {dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_DST}, values, sums);
    }

    /** (values, result): the softmax of every column. */
    OneDnnOperation softmax(int rows, int columns) {
        memory.desc values =
                new memory.desc(new long[] {1, rows, columns}, memory.data_type.f32, memory.format_tag.abc);
        softmax_forward.primitive_desc description = new softmax_forward.primitive_desc(
                cpu, dnnl.prop_kind.forward_inference, dnnl.algorithm.softmax_accurate, values, values, 1);
        return operation(
                new softmax_forward(description),
                List.of(values, description),
                new int[] {dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_DST},
                values,
                values);
    }

    /** (y, x, result, a): result = y + a * x. */
    OneDnnOperation axpy(int count) {
        memory.desc values = vector(count);
        memory.desc factor = vector(1);
        primitive_attr attributes = new primitive_attr();
        attributes.set_scales_mask(dnnl.DNNL_ARG_SRC_1, 0);
        binary.primitive_desc description =
                new binary.primitive_desc(cpu, dnnl.algorithm.binary_add, values, values, values, attributes, false);
        return operation(
                new binary(description),
                List.of(values, factor, attributes, description),
                new int[] {
                    dnnl.DNNL_ARG_SRC_0,
                    dnnl.DNNL_ARG_SRC_1,
                    dnnl.DNNL_ARG_DST,
                    dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC_1
                },
                values,
                values,
                values,
                factor);
    }

    /** (x, a, result): result = a * x. */
    OneDnnOperation scale(int count) {
        memory.desc values = vector(count);
        memory.desc factor = vector(1);
        binary.primitive_desc description =
                new binary.primitive_desc(cpu, dnnl.algorithm.binary_mul, values, factor, values);
        return operation(
                new binary(description),
                List.of(values, factor, description),
                new int[] {dnnl.DNNL_ARG_SRC_0, dnnl.DNNL_ARG_SRC_1, dnnl.DNNL_ARG_DST},
                values,
                factor,
                values);
    }

    private static memory.desc vector(int count) {
        return new memory.desc(new long[] {count}, memory.data_type.f32, memory.format_tag.a);
    }

    private static memory.desc matrix(int rows, int columns) {
        return new memory.desc(new long[] {rows, columns}, memory.data_type.f32, memory.format_tag.ab);
    }

    private OneDnnOperation operation(primitive kind, List<Pointer> held, int[] numbers, memory.desc... descriptions) {
        memory[] operands = new memory[numbers.length];
        IntMemoryMap arguments = new IntMemoryMap();
        for (int i = 0; i < operands.length; i++) {
            operands[i] = new memory(descriptions[i], cpu, new Pointer());
            arguments.put(numbers[i], operands[i]);
        }
        return new OneDnnOperation(kind, queue, operands, arguments, held);
    }
}
