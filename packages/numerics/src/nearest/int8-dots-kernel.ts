import { signedLeb, unsignedLeb, type WasmFunction } from '@routeprofile/schema';

/** Rows are padded with zeros to a multiple of this. */
export const INT8_BLOCK = 32;

const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: 0x0b,
  brIf: 0x0d,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load: [0x28, 2, 0],
  store: [0x36, 2, 0],
  const: 0x41,
  ltU: 0x49,
  geU: 0x4f,
  add: 0x6a,
  mul: 0x6c,
  shl: 0x74,
  v128Load: [0xfd, 0x00],
  v128Const: [0xfd, 0x0c],
  extractLane: [0xfd, 0x1b],
  extendLow: [0xfd, 0x87, 0x01],
  extendHigh: [0xfd, 0x88, 0x01],
  dot: [0xfd, 0xba, 0x01],
  add32x4: [0xfd, 0xae, 0x01],
} as const;

const get = (local: number): number[] => [op.get, ...unsignedLeb(local)];
const set = (local: number): number[] => [op.set, ...unsignedLeb(local)];
const constant = (value: number): number[] => [op.const, ...signedLeb(value)];
/** Alignment is a hint, as a power of 2; the offset counts from the address on the stack. */
const at = (offset: number): number[] => [0, ...unsignedLeb(offset)];

const [ROWS, COUNT, TABLE, STRIDE, VECTOR, OUT, STOP, ROW, ROW_END, AT, CODES] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14,
] as const;
const SUMS = [10, 11, 12, 13] as const;

/** SUMS[s] += (half of CODES, widened) · (8 numbers of the vector). */
const addHalf = (sum: number, extend: readonly number[], offset: number): number[] => [
  ...get(sum),
  ...get(CODES),
  ...extend,
  ...get(AT),
  ...op.v128Load,
  ...at(offset),
  ...op.dot,
  ...op.add32x4,
  ...set(sum),
];
const addSixteen = (half: number): number[] => [
  ...get(ROW),
  ...op.v128Load,
  ...at(16 * half),
  ...set(CODES),
  ...addHalf(SUMS[2 * half]!, op.extendLow, 32 * half),
  ...addHalf(SUMS[2 * half + 1]!, op.extendHigh, 32 * half + 16),
];
const lane = (sum: number, index: number): number[] => [...get(sum), ...op.extractLane, index];

const body = (): number[] => [
  ...[...get(ROWS), ...get(COUNT), ...constant(2), op.shl, op.add, ...set(STOP)],
  ...op.block,
  ...[...get(ROWS), ...get(STOP), op.geU, op.brIf, 0],
  ...op.loop, // rows
  ...[...get(TABLE), ...get(ROWS), ...op.load, ...get(STRIDE), op.mul, op.add, op.tee, ...unsignedLeb(ROW)],
  ...[...get(STRIDE), op.add, ...set(ROW_END)],
  ...[...get(VECTOR), ...set(AT)],
  ...SUMS.flatMap((sum) => [...op.v128Const, ...new Array<number>(16).fill(0), ...set(sum)]),
  ...op.loop, // blocks of 32 numbers
  ...[...addSixteen(0), ...addSixteen(1)],
  ...[...get(AT), ...constant(2 * INT8_BLOCK), op.add, ...set(AT)],
  ...[...get(ROW), ...constant(INT8_BLOCK), op.add, op.tee, ...unsignedLeb(ROW)],
  ...[...get(ROW_END), op.ltU, op.brIf, 0],
  op.end,
  ...[...get(SUMS[0]), ...get(SUMS[1]), ...op.add32x4, ...get(SUMS[2]), ...get(SUMS[3]), ...op.add32x4, ...op.add32x4],
  ...set(SUMS[0]),
  ...get(OUT),
  ...[...lane(SUMS[0], 0), ...lane(SUMS[0], 1), op.add, ...lane(SUMS[0], 2), op.add, ...lane(SUMS[0], 3), op.add],
  ...op.store,
  ...[...get(OUT), ...constant(4), op.add, ...set(OUT)],
  ...[...get(ROWS), ...constant(4), op.add, op.tee, ...unsignedLeb(ROWS)],
  ...[...get(STOP), op.ltU, op.brIf, 0],
  op.end,
  op.end,
  op.end,
];

/**
 * The byte code of one function, `dots(rows, count, table, stride, vector, out)`, with WebAssembly's SIMD instructions: the products of
 * rows of int8, `stride` numbers each, with a vector of int16, as int32. Addresses are in bytes; `rows` are row numbers of 32 bits.
 *
 *     for (row of rows) out[…] = Σ table[row · stride + j] · vector[j]
 */
export const int8DotsKernel = (): WasmFunction => ({
  name: 'dots',
  parameters: STOP,
  numbers: SUMS[0] - STOP,
  registers: SUMS.length + 1,
  body: body(),
});
