/** Whole numbers as WebAssembly's binary format writes them: LEB128, unsigned and signed. */
export const unsignedLeb = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsignedLeb(value >>> 7)];
export const signedLeb = (value: number): number[] =>
  value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signedLeb(value >> 7)];

const I32 = 0x7f;
const V128 = 0x7b;

/** One function of a module. Its parameters are numbers of 32 bits and come first among its locals; it returns nothing. */
export interface WasmFunction {
  name: string;
  parameters: number;
  /** Further locals: numbers of 32 bits, then registers of 128 bits. */
  numbers: number;
  registers: number;
  /** Its instructions, the closing `end` included. */
  body: readonly number[];
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsignedLeb(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...unsignedLeb(content.length), ...content];
const text = (name: string): number[] => [...unsignedLeb(name.length), ...new TextEncoder().encode(name)];

/** The byte code of a module that imports `js.memory` and exports one function (WebAssembly core specification, chapter 5). */
export function wasmModule({ name, parameters, numbers, registers, body }: WasmFunction): Uint8Array<ArrayBuffer> {
  const locals = [
    [...unsignedLeb(numbers), I32],
    [...unsignedLeb(registers), V128],
  ];
  const code = [...vector(locals), ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...unsignedLeb(parameters), ...new Array<number>(parameters).fill(I32), 0]])),
    ...section(2, vector([[...text('js'), ...text('memory'), 0x02, 0x00, 1]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...text(name), 0x00, 0]])),
    ...section(10, vector([[...unsignedLeb(code.length), ...code]])),
  ]);
}

/** What is used of the engine; not every runtime has it. */
interface Engine {
  validate(code: Uint8Array<ArrayBuffer>): boolean;
  Module: new (code: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
  Memory: new (pages: WasmPages) => WasmMemory;
}

/** Memory in pages of 64 KiB. Growing it makes earlier views of its buffer useless. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** How many pages a memory begins with, and may grow to. */
export interface WasmPages {
  initial: number;
  maximum?: number;
}

/** A compiled function and the memory that it works on. */
export interface LinkedWasm {
  call: (...numbers: number[]) => void;
  memory: WasmMemory;
}

/**
 * The function, compiled, with a memory of its own. Undefined where there is no WebAssembly, where the engine does not know the
 * instructions (SIMD: before 2021), and where a page or a host forbids to compile code at run time.
 */
export function linkWasm(definition: WasmFunction, pages: WasmPages): LinkedWasm | undefined {
  const { WebAssembly: engine } = globalThis as { WebAssembly?: Engine };
  const code = wasmModule(definition);
  if (!engine?.validate(code)) return undefined;
  const module = compiled(engine, code);
  if (module === undefined) return undefined;
  const memory = new engine.Memory(pages);
  const { exports } = new engine.Instance(module, { js: { memory } });
  return { memory, call: exports[definition.name] as LinkedWasm['call'] };
}

function compiled(engine: Engine, code: Uint8Array<ArrayBuffer>): object | undefined {
  try {
    return new engine.Module(code);
  } catch (error) {
    // A content security policy, or a host that compiles nothing at run time; callers have a way in JavaScript.
    if (error instanceof Error && !(error instanceof RangeError)) return undefined;
    throw error;
  }
}
