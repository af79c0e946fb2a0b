package org.distbelief.container.kernel;

import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/** One of oneDNN's primitives with its operands, made for one shape and run on changing memory. */
final class OneDnnOperation implements AutoCloseable {
    private final primitive code;
    private final stream queue;
    private final memory[] operands;
    private final IntMemoryMap arguments;
    private final List<Pointer> held;

    /**
     * @param code the primitive
     * @param queue where it runs
     * @param operands in the order in which {@link #run} takes their memory
     * @param arguments the operands by oneDNN's argument numbers
     * @param held what must live as long as the operation
     */
    OneDnnOperation(primitive code, stream queue, memory[] operands, IntMemoryMap arguments, List<Pointer> held) {
        this.code = code;
        this.queue = queue;
        this.operands = operands;
        this.arguments = arguments;
        this.held = List.copyOf(held);
    }

    void run(FloatMemory... memory) {
        for (int i = 0; i < operands.length; i++) {
            operands[i].set_data_handle(memory[i].pointer());
        }
        code.execute(queue, arguments);
    }

    @Override
    public void close() {
        arguments.close();
        for (memory operand : operands) {
            operand.close();
        }
        code.close();
        held.forEach(Pointer::close);
    }
}
