import { RouteProfileError } from '@routeprofile/schema';
import type { Weights } from '../layers/initialisers.js';

const PREFIX = 8;

/** What a checkpoint says beside its arrays, such as the epoch. */
export type CheckpointNotes = Record<string, string>;

/**
 * Arrays and notes → bytes in the safetensors format: the header's length (8 bytes, little-endian), a JSON header that
 * gives each array's shape and place, then the float32 numbers. Same input, same bytes.
 */
export function packCheckpoint(weights: Weights, notes: CheckpointNotes = {}): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: notes };
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(weights)) {
    header[name] = { dtype: 'F32', shape: [...shape], data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text + ' '.repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8));
  const bytes = new Uint8Array(PREFIX + encoded.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(encoded.length), true);
  bytes.set(encoded, PREFIX);
  let at = PREFIX + encoded.length;
  for (const { data } of Object.values(weights)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The reverse of `packCheckpoint`.
 * @throws RouteProfileError CORRUPT_FILE naming what does not fit.
 */
export function unpackCheckpoint(bytes: Uint8Array): { weights: Weights; notes: CheckpointNotes } {
  const header = headerOf(bytes);
  const start = PREFIX + header.length;
  const notes: CheckpointNotes = {};
  const weights: Weights = {};
  for (const [name, entry] of Object.entries(header.entries)) {
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(entry as object)) notes[key] = String(value);
      continue;
    }
    const { dtype, shape, data_offsets: place } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
    if (dtype !== 'F32' || !isSizes(shape) || !isSizes(place)) throw corrupt(`${name} is not a float32 array`);
    const [from = 0, to = 0] = place;
    if (to - from !== 4 * shape.reduce((a, b) => a * b, 1) || start + to > bytes.length)
      throw corrupt(`${name} does not fit its place`);
    // Copied into memory of its own: the numbers need not lie at a multiple of four, and a store may hand in a view into a
    // larger memory, such as a Buffer of Node, whose `slice` is a view as well.
    const data = new Float32Array((to - from) / Float32Array.BYTES_PER_ELEMENT);
    new Uint8Array(data.buffer).set(bytes.subarray(start + from, start + to));
    weights[name] = { shape, data };
  }
  return { weights, notes };
}

const corrupt = (what: string) =>
  new RouteProfileError('CORRUPT_FILE', `checkpoint: ${what}`, { hint: 'Start the training again without it.' });

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);

function headerOf(bytes: Uint8Array): { length: number; entries: Record<string, unknown> } {
  if (bytes.length < PREFIX) throw corrupt('it is cut short');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (PREFIX + length > bytes.length) throw corrupt('it is cut short');
  let entries: unknown;
  try {
    entries = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(PREFIX, PREFIX + length)));
  } catch {
    throw corrupt('its header is not JSON');
  }
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries))
    throw corrupt('its header is not an object');
  const record = entries as Record<string, unknown>;
  const bad = Object.entries(record).find(([, entry]) => typeof entry !== 'object' || entry === null);
  if (bad) throw corrupt(`${bad[0]} has no description`);
  return { length, entries: record };
}
