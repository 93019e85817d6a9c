import { assertShape, createMatrix, type Matrix, type NamedArray, RouteProfileError } from '@routeprofile/schema';
import { instantiateRoutines, type Routines } from '../kernels/routines.js';

/** x · weight + bias */
export interface LinearMap {
  /** [in, out] */
  weight: NamedArray;
  /** [out] */
  bias?: NamedArray;
}

/** Linear maps by name on the kernels alone, without tape or backend. A row's result does not depend on its batch. */
export interface LinearMaps {
  /** x [rows, in] → [rows, out] */
  apply: (name: string, x: Matrix) => Matrix;
  /** x [n, k] · y [k, m], of any size. */
  multiply: (x: Matrix, y: Matrix) => Matrix;
  /** Other numbers in the same shapes. */
  load: (maps: Readonly<Record<string, LinearMap>>) => void;
}

const BATCH = 64;
const PAGE = 65_536;

function sizeOf(maps: Readonly<Record<string, LinearMap>>, name: string): [number, number] {
  const { weight, bias } = maps[name]!;
  const [input, output] = weight.shape;
  const fits =
    input !== undefined &&
    output !== undefined &&
    weight.data.length === input * output &&
    (bias === undefined || bias.data.length === output);
  if (!fits || weight.shape.length !== 2)
    throw new RouteProfileError('CORRUPT_FILE', `weights: ${name} is [${weight.shape.join(', ')}] and does not fit`, {
      hint: 'Train and save the router again.',
    });
  return [input, output];
}

/** Sums run and round as the kernels' do: each product, then each sum, to float32. */
function plainProduct(x: Matrix, weight: Float32Array, output: number, bias?: Float32Array): Matrix {
  const out = createMatrix(x.rows, output);
  for (let r = 0; r < x.rows; r++) {
    const row = out.data.subarray(r * output, (r + 1) * output);
    if (bias) row.set(bias);
    for (let p = 0; p < x.cols; p++) {
      const scale = x.data[r * x.cols + p]!;
      for (let j = 0, at = p * output; j < output; j++) row[j]! += Math.fround(scale * weight[at + j]!);
    }
  }
  return out;
}

/** Plain JavaScript, to the same bits: the reference, and the way where an engine cannot, or may not, compile WebAssembly SIMD. */
export function createPlainLinearMaps(maps: Readonly<Record<string, LinearMap>>): LinearMaps {
  for (const name of Object.keys(maps)) sizeOf(maps, name);
  let current = maps;
  return {
    load: (others) => (current = others),
    apply: (name, x) => {
      const { weight, bias } = current[name]!;
      const [input, output] = weight.shape as [number, number];
      assertShape(x, undefined, input, `the rows of ${name}`);
      return plainProduct(x, weight.data, output, bias?.data);
    },
    multiply: (x, y) => {
      assertShape(y, x.cols, undefined, 'the second factor');
      return plainProduct(x, y.data, y.cols);
    },
  };
}

interface Place {
  input: number;
  output: number;
  weight: number;
  /** 0: none */
  bias: number;
}

async function createWasmLinearMaps(maps: Readonly<Record<string, LinearMap>>): Promise<LinearMaps> {
  // Address 0 stands for "none" in the routines, so nothing is placed there.
  let end = 64;
  const reserve = (count: number): number => {
    const start = end;
    end += Math.ceil(count / 4) * 16;
    return start;
  };
  const places = new Map<string, Place>();
  let [widest, longest] = [0, 0];
  for (const [name, { bias }] of Object.entries(maps)) {
    const [input, output] = sizeOf(maps, name);
    places.set(name, { input, output, weight: reserve(input * output), bias: bias ? reserve(output) : 0 });
    [widest, longest] = [Math.max(widest, output), Math.max(longest, input)];
  }
  const [front, back, panel] = [reserve(BATCH * longest), reserve(BATCH * widest), reserve(8 * longest)];
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) });
  const routines: Routines = await instantiateRoutines(memory);
  let numbers = new Float32Array(memory.buffer);
  // What a product of two given matrices needs lies behind everything else, in as many pages as the largest one took.
  const room = (count: number): void => {
    const pages = Math.ceil((end + count * 4) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages <= 0) return;
    memory.grow(pages);
    numbers = new Float32Array(memory.buffer);
  };
  const load: LinearMaps['load'] = (others) => {
    for (const [name, { weight, bias }] of places) {
      numbers.set(others[name]!.weight.data, weight / 4);
      if (bias) numbers.set(others[name]!.bias!.data, bias / 4);
    }
  };
  load(maps);
  return {
    load,
    apply: (name, x) => {
      const { input, output, weight, bias } = places.get(name)!;
      assertShape(x, undefined, input, `the rows of ${name}`);
      const out = createMatrix(x.rows, output);
      for (let start = 0; start < x.rows; start += BATCH) {
        const rows = Math.min(BATCH, x.rows - start);
        numbers.set(x.data.subarray(start * input, (start + rows) * input), front / 4);
        routines.gemm(front, input, 1, weight, bias, back, rows, output, input, panel);
        out.data.set(numbers.subarray(back / 4, back / 4 + rows * output), start * output);
      }
      return out;
    },
    multiply: (x, y) => {
      assertShape(y, x.cols, undefined, 'the second factor');
      const [n, k, m] = [x.rows, x.cols, y.cols];
      // Kernels read whole vectors: every part starts at a multiple of 16 bytes.
      const sizes = [n * k, k * m, n * m, 8 * k].map((count) => Math.ceil(count / 4) * 4);
      room(sizes.reduce((a, b) => a + b, 0));
      const [left, right, product, panelAt] = sizes.map(
        (_, i) => end + 4 * sizes.slice(0, i).reduce((a, b) => a + b, 0),
      );
      numbers.set(x.data, left! / 4);
      numbers.set(y.data, right! / 4);
      routines.gemm(left!, k, 1, right!, 0, product!, n, m, k, panelAt!);
      return createMatrix(n, m, numbers.slice(product! / 4, product! / 4 + n * m));
    },
  };
}

/**
 * Linear maps in memory of their own; in plain JavaScript, which gives the same bits, where the engine has no WebAssembly SIMD, or
 * may not compile it, as in runtimes of edge workers.
 * @throws RouteProfileError CORRUPT_FILE naming the map whose arrays do not fit each other.
 */
export async function createLinearMaps(maps: Readonly<Record<string, LinearMap>>): Promise<LinearMaps> {
  try {
    return await createWasmLinearMaps(maps);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return createPlainLinearMaps(maps);
    throw error;
  }
}
