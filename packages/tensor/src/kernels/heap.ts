import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { instantiateRoutines, type Routines } from './routines.js';

/**
 * Tensors of the WebAssembly backend as our routines see them. Only addresses are kept, never views: the memory may
 * grow with any allocation, which detaches every view of it.
 */
export interface Heap {
  routines: Routines;
  /** Where a tensor's numbers start. An address stays valid until the tensor is disposed. */
  pointer: (tensor: TensorInfo) => number;
  /** The tensor's numbers themselves. A view holds until the next tensor is made. */
  floats: (tensor: TensorInfo) => Float32Array;
  integers: (tensor: TensorInfo) => Int32Array;
  /** A new tensor; its numbers are whatever the memory held. */
  output: (shape: readonly number[], dtype?: DataType) => TensorInfo;
  scalar: (value: number) => TensorInfo;
  /** Another tensor over the same numbers; the backend counts the references. */
  share: (tensor: TensorInfo, shape: readonly number[]) => TensorInfo;
  release: (tensor: TensorInfo) => void;
  /** Room for at least `count` numbers, for the time of one kernel call: the next call may get the same. */
  scratch: (count: number) => number;
  /** True when no other tensor shares these numbers, so that they may be written over. */
  isSoleOwner: (tensor: TensorInfo) => boolean;
}

function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const asm: unknown = Reflect.get(backend.wasm, 'asm');
  const memory: unknown = typeof asm === 'object' && asm !== null ? Reflect.get(asm, 'memory') : undefined;
  if (memory instanceof WebAssembly.Memory) return memory;
  throw new Error('this version of the WebAssembly backend does not show its memory');
}

export async function openHeap(backend: BackendWasm): Promise<Heap> {
  const memory = memoryOf(backend);
  const routines = await instantiateRoutines(memory);
  const pointer = (tensor: TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  let room = backend.makeOutput([0], 'float32');
  return {
    routines,
    pointer,
    floats: (tensor) => new Float32Array(memory.buffer, pointer(tensor), size(tensor)),
    integers: (tensor) => new Int32Array(memory.buffer, pointer(tensor), size(tensor)),
    output: (shape, dtype = 'float32') => backend.makeOutput([...shape], dtype),
    scratch: (count) => {
      if (room.shape[0]! < count) {
        backend.disposeData(room.dataId);
        room = backend.makeOutput([count], 'float32');
      }
      return pointer(room);
    },
    scalar: (value) => backend.makeOutput([], 'float32', undefined, Float32Array.of(value)),
    share: (tensor, shape) => {
      backend.incRef(tensor.dataId);
      return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
    },
    release: (tensor) => {
      backend.disposeData(tensor.dataId);
    },
    isSoleOwner: (tensor) => backend.refCount(tensor.dataId) === 1,
  };
}

const size = (tensor: TensorInfo): number => tensor.shape.reduce((a, b) => a * b, 1);

/** `embedded`: the name of the backend our kernels are registered for. */
export const EMBEDDED = 'embedded';

/** An input that the kernel's op always passes. */
export function required(inputs: Readonly<Record<string, TensorInfo | undefined>>, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`the kernel was called without its input '${name}'`);
  return tensor;
}

/** [rows, columns] of a rank 2 tensor. */
export function matrixShape(tensor: TensorInfo): [number, number] {
  const [rows, columns] = tensor.shape;
  if (rows === undefined || columns === undefined || tensor.shape.length !== 2)
    throw new Error(`a matrix is needed here, got a tensor of shape [${tensor.shape.join(', ')}]`);
  return [rows, columns];
}
