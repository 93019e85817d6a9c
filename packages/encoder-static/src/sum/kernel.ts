import { signedLeb, unsignedLeb, type WasmFunction } from '@routeprofile/schema';

/**
 * The byte code of one function, `sum(ids, count, table, dimensions, out)`, with WebAssembly's SIMD instructions: adds the rows `ids` of a table
 * of int8 to int32 numbers. Emitted here rather than kept as a file, so that it can be read, and is there wherever the module is.
 *
 *     for (block of 128 dimensions)
 *       for (chunk of 255 ids)            // 255 · 128 < 2¹⁵, so int16 does not overflow
 *         a[0..15] = 0                    // 16 registers of 8 int16
 *         for (id of chunk) a[k] += table[id][block + 8 k …]
 *         out[block …] += a
 */
export const BLOCK = 128;
const LANES = 8;
const REGISTERS = BLOCK / LANES;
const CHUNK = 255;

const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  end: 0x0b,
  brIf: 0x0d,
  br: 0x0c,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load: [0x28, 2, 0],
  const: 0x41,
  ltU: 0x49,
  gtU: 0x4b,
  geU: 0x4f,
  add: 0x6a,
  mul: 0x6c,
  shl: 0x74,
  v128Load: [0xfd, 0x00],
  v128Load8x8S: [0xfd, 0x01],
  v128Store: [0xfd, 0x0b],
  v128Const: [0xfd, 0x0c],
  i16x8Add: [0xfd, 0x8e, 0x01],
  i32x4ExtendLowI16x8S: [0xfd, 0xa7, 0x01],
  i32x4ExtendHighI16x8S: [0xfd, 0xa8, 0x01],
  i32x4Add: [0xfd, 0xae, 0x01],
} as const;

type Code = readonly (number | readonly number[])[];
const flat = (code: Code): number[] => code.flat();

const get = (local: number): number[] => [op.get, ...unsignedLeb(local)];
const set = (local: number): number[] => [op.set, ...unsignedLeb(local)];
const constant = (value: number): number[] => [op.const, ...signedLeb(value)];
/** Alignment is a hint, as a power of 2; the offset counts from the address on the stack. */
const at = (offset: number): number[] => [0, ...unsignedLeb(offset)];

const [IDS, COUNT, TABLE, DIMENSIONS, OUT, BLOCK_AT, NEXT, CHUNK_END, STOP, ROW, TARGET, TABLE_AT, REGISTER] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
] as const;
/** The function's instructions. */
function sumBody(): number[] {
  const registers = Array.from({ length: REGISTERS }, (_, k) => k);

  const zero = registers.map((k) => flat([op.v128Const, new Array<number>(16).fill(0), set(REGISTER + k)]));
  const addRow = registers.map((k) =>
    flat([get(REGISTER + k), get(ROW), op.v128Load8x8S, at(LANES * k), op.i16x8Add, set(REGISTER + k)]),
  );
  const flush = registers.flatMap((k) =>
    [op.i32x4ExtendLowI16x8S, op.i32x4ExtendHighI16x8S].map((extend, half) => {
      const offset = at(4 * LANES * k + 16 * half);
      const sum = [get(TARGET), op.v128Load, offset, get(REGISTER + k), extend, op.i32x4Add];
      return flat([get(TARGET), ...sum, op.v128Store, offset]);
    }),
  );

  return flat([
    [get(IDS), get(COUNT), constant(2), op.shl, op.add, set(STOP)].flat(),
    op.loop, // blocks of dimensions
    [get(OUT), get(BLOCK_AT), constant(2), op.shl, op.add, set(TARGET)].flat(),
    [get(TABLE), get(BLOCK_AT), op.add, set(TABLE_AT)].flat(),
    [get(IDS), set(NEXT)].flat(),
    op.block,
    op.loop, // chunks of ids
    [get(NEXT), get(STOP), op.geU, op.brIf, 1].flat(),
    [get(NEXT), constant(4 * CHUNK), op.add, set(CHUNK_END)].flat(),
    [get(CHUNK_END), get(STOP), op.gtU, op.if, get(STOP), set(CHUNK_END), op.end].flat(),
    zero.flat(),
    op.loop, // ids
    [get(TABLE_AT), get(NEXT), op.load, get(DIMENSIONS), op.mul, op.add, set(ROW)].flat(),
    addRow.flat(),
    [get(NEXT), constant(4), op.add, op.tee, unsignedLeb(NEXT), get(CHUNK_END), op.ltU, op.brIf, 0].flat(),
    op.end,
    flush.flat(),
    [op.br, 0],
    op.end,
    op.end,
    [get(BLOCK_AT), constant(BLOCK), op.add, op.tee, unsignedLeb(BLOCK_AT), get(DIMENSIONS), op.ltU, op.brIf, 0].flat(),
    op.end,
    op.end,
  ]);
}

/** The function, for `linkWasm`. */
export const sumKernel = (): WasmFunction => ({
  name: 'sum',
  parameters: BLOCK_AT,
  numbers: REGISTER - BLOCK_AT,
  registers: REGISTERS,
  body: sumBody(),
});
