import { ROUTINES_BASE64 } from './routines.wasm.js';

type Pointer = number;

/** The functions of `assembly/index.ts`, described there. Pointers are byte addresses in the memory they were given. */
export interface Routines {
  gemm: (
    a: Pointer,
    rowStride: number,
    columnStride: number,
    b: Pointer,
    bias: Pointer,
    c: Pointer,
    m: number,
    n: number,
    k: number,
    panel: Pointer,
  ) => void;
  gemmTransposed: (a: Pointer, b: Pointer, c: Pointer, m: number, n: number, k: number) => void;
  transpose: (a: Pointer, t: Pointer, rows: number, columns: number) => void;
  columnSums: (x: Pointer, out: Pointer, rows: number, columns: number) => void;
  segmentSum: (x: Pointer, ids: Pointer, out: Pointer, rows: number, columns: number, segments: number) => void;
  normElu: (
    h: Pointer,
    gamma: Pointer,
    beta: Pointer,
    mask: Pointer,
    out: Pointer,
    scales: Pointer,
    rows: number,
    n: number,
    epsilon: number,
  ) => void;
  normEluGradient: (
    dy: Pointer,
    normal: Pointer,
    scales: Pointer,
    out: Pointer,
    mask: Pointer,
    gamma: Pointer,
    dh: Pointer,
    dGamma: Pointer,
    dBeta: Pointer,
    dBias: Pointer,
    rows: number,
    n: number,
  ) => void;
  normalizeRows: (x: Pointer, out: Pointer, norms: Pointer, rows: number, n: number, epsilon: number) => void;
  normalizeRowsGradient: (
    dy: Pointer,
    y: Pointer,
    norms: Pointer,
    dx: Pointer,
    rows: number,
    n: number,
    epsilon: number,
  ) => void;
  aggregateEdges: (
    weights: Pointer,
    values: Pointer,
    sources: Pointer,
    offsets: Pointer,
    out: Pointer,
    targets: number,
    heads: number,
    columns: number,
    width: number,
    step: number,
  ) => void;
  aggregateEdgesGradient: (
    dy: Pointer,
    weights: Pointer,
    values: Pointer,
    sources: Pointer,
    offsets: Pointer,
    dWeights: Pointer,
    dValues: Pointer,
    targets: number,
    rows: number,
    heads: number,
    columns: number,
    width: number,
    step: number,
  ) => void;
  pairScores: (
    left: Pointer,
    right: Pointer,
    out: Pointer,
    mask: Pointer,
    scores: Pointer,
    n: number,
    m: number,
    hidden: number,
  ) => void;
  pairScoresGradient: (
    dy: Pointer,
    left: Pointer,
    right: Pointer,
    out: Pointer,
    mask: Pointer,
    dLeft: Pointer,
    dRight: Pointer,
    dOut: Pointer,
    n: number,
    m: number,
    hidden: number,
  ) => void;
  squaredNorm: (x: Pointer, n: number) => number;
  adamw: (
    p: Pointer,
    g: Pointer,
    m: Pointer,
    v: Pointer,
    n: number,
    gradientScale: number,
    beta1: number,
    gain1: number,
    beta2: number,
    gain2: number,
    keep: number,
    step: number,
    correction: number,
    epsilon: number,
  ) => void;
  quantizeRows: (x: Pointer, q: Pointer, scales: Pointer, rows: number, n: number, limit: number) => void;
  multiplyQuantized: (
    q: Pointer,
    scales: Pointer,
    w: Pointer,
    columns: Pointer,
    bias: Pointer,
    c: Pointer,
    m: number,
    n: number,
    k: number,
    mode: number,
  ) => void;
  normRows: (x: Pointer, gamma: Pointer, beta: Pointer, out: Pointer, rows: number, n: number, epsilon: number) => void;
  attendWindow: (
    qkv: Pointer,
    out: Pointer,
    n: number,
    width: number,
    heads: number,
    scale: number,
    turned: Pointer,
    weights: Pointer,
  ) => void;
  columnMeans: (x: Pointer, out: Pointer, rows: number, columns: number) => void;
  tanhRows: (x: Pointer, n: number) => void;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

// The one place that says what the bytes hold; scripts/build-kernels.mjs makes them from the source with these names.
const isRoutines = (exports: WebAssembly.Exports): exports is WebAssembly.Exports & Routines =>
  typeof exports['gemm'] === 'function' && typeof exports['adamw'] === 'function';

/** The routines over `memory`. They keep no state, so any number of instances may share one memory. */
export async function instantiateRoutines(memory: WebAssembly.Memory): Promise<Routines> {
  const { instance } = await WebAssembly.instantiate(decodeBase64(ROUTINES_BASE64), { env: { memory } });
  if (!isRoutines(instance.exports)) throw new Error('the kernel module is not the one this package was built with');
  return instance.exports;
}
