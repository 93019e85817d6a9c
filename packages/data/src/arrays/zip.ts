import { crc32, inflateRawSync } from 'node:zlib';
import { RouteProfileError } from '@routeprofile/schema';

/** How much may be made of an archive before reading it throws LIMIT_EXCEEDED. */
export interface ZipLimits {
  /** Files in the archive; default 100,000. */
  maxEntries?: number;
  /** Bytes of one file, unpacked; default 1 GiB. */
  maxEntryBytes?: number;
  /** Bytes of all files, unpacked, and of all float32 numbers made of them; default 2 GiB. */
  maxTotalBytes?: number;
  /** Bytes of all files, unpacked, as a multiple of the archive's size, for archives that unpack to over 64 MiB; default 100. */
  maxRatio?: number;
}

/** `ZipLimits.maxTotalBytes` where it is not given. */
export const MAX_TOTAL_BYTES = 2 ** 31;
/** `ZipLimits.maxEntryBytes`, likewise. */
export const MAX_ENTRY_BYTES = 2 ** 30;
/** Small archives may be as dense as they like. */
const ANY_RATIO_BYTES = 2 ** 26;

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  unpacked: number;
  /** Where its local header begins. */
  offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const IS_ZIP64 = 0xffffffff;

/**
 * Unpacks a zip archive of moderate size, file by file in the order of its directory, so that one is held at a time.
 * Sizes and places are checked as declared, before anything is unpacked; unpacking stops where the declared size is
 * exceeded; checksums are verified.
 * @throws RouteProfileError CORRUPT_FILE, LIMIT_EXCEEDED, UNSUPPORTED (encryption, archives of 4 GiB, other methods).
 */
export function* unzip(bytes: Uint8Array, what: string, limits: ZipLimits = {}): Generator<[string, Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(view, bytes, what);
  checkLimits(entries, bytes.length, what, limits);
  checkPlaces(view, entries, what);
  for (const entry of entries) if (!entry.name.endsWith('/')) yield [entry.name, unpack(view, bytes, entry, what)];
}

const corrupt = (what: string, message: string): RouteProfileError =>
  new RouteProfileError('CORRUPT_FILE', `${what}: ${message}`, {
    hint: 'The file is cut short or was changed: make it again.',
  });

function readDirectory(view: DataView, bytes: Uint8Array, what: string): Entry[] {
  const end = findEnd(view);
  if (end === -1) throw corrupt(what, 'is not a complete zip archive');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === IS_ZIP64)
    throw new RouteProfileError('UNSUPPORTED', `${what}: is a zip64 archive`, {
      hint: 'Save fewer or smaller arrays in a file.',
    });
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw corrupt(what, 'has a broken zip directory');
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw corrupt(what, 'has a broken zip directory');
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (view.getUint16(at + 8, true) & ENCRYPTED)
      throw new RouteProfileError('UNSUPPORTED', `${what}: ${name} is encrypted`);
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      unpacked: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

/** The end record sits in the last 22 bytes plus a comment of at most 65,535. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--)
    if (view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  return -1;
}

/** @param size bytes of the archive */
function checkLimits(entries: readonly Entry[], size: number, what: string, limits: ZipLimits): void {
  const {
    maxEntries = 100_000,
    maxEntryBytes = MAX_ENTRY_BYTES,
    maxTotalBytes = MAX_TOTAL_BYTES,
    maxRatio = 100,
  } = limits;
  const refuse = (message: string, hint = 'If the file is what you meant to load, raise the limit.'): never => {
    throw new RouteProfileError('LIMIT_EXCEEDED', `${what}: ${message}`, { hint });
  };
  if (entries.length > maxEntries) refuse(`holds ${entries.length} files, the limit is ${maxEntries}`);
  let total = 0;
  for (const { name, unpacked } of entries) {
    if (unpacked > maxEntryBytes) refuse(`${name} has ${unpacked} bytes unpacked, the limit is ${maxEntryBytes}`);
    total += unpacked;
  }
  if (total > maxTotalBytes) refuse(`has ${total} bytes unpacked, the limit is ${maxTotalBytes}`);
  if (total > ANY_RATIO_BYTES && total > maxRatio * size)
    refuse(
      `unpacks to ${total} bytes, ${Math.round(total / size)} times its size; the limit is ${maxRatio} times`,
      'If you trust the file, save its arrays uncompressed, e.g. with numpy.savez.',
    );
}

/** Files lie one after the other, before the directory; names are unique. */
function checkPlaces(view: DataView, entries: readonly Entry[], what: string): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw corrupt(what, `holds ${JSON.stringify(name)} twice`);
    names.add(name);
  }
  const directory = view.getUint32(findEnd(view) + 16, true);
  const placed = entries.toSorted((a, b) => a.offset - b.offset);
  placed.forEach((entry, i) => {
    const next = placed[i + 1];
    const end = dataStart(view, entry, what) + entry.packed;
    if (end > (next?.offset ?? directory))
      throw corrupt(what, `${entry.name} and ${next === undefined ? 'the zip directory' : next.name} overlap`);
  });
}

/** Where a file's bytes begin, behind its local header, name and extra fields. */
function dataStart(view: DataView, { name, offset }: Entry, what: string): number {
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== LOCAL)
    throw corrupt(what, `${name} is not where the zip directory says`);
  return offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
}

function unpack(view: DataView, bytes: Uint8Array, entry: Entry, what: string): Uint8Array {
  const { name, method, packed, unpacked } = entry;
  const start = dataStart(view, entry, what);
  if (start + packed > bytes.length) throw corrupt(what, `${name} is cut short`);
  const data = bytes.subarray(start, start + packed);
  if (method !== STORED && method !== DEFLATED)
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${what}: ${name} is packed by zip method ${method}, expected stored or deflated`,
    );
  const out = method === STORED ? data : inflate(data, unpacked, `${what}: ${name}`);
  if (out.length !== unpacked) throw corrupt(what, `${name} has ${out.length} bytes, its zip entry says ${unpacked}`);
  if (crc32(out) !== entry.crc) throw corrupt(what, `${name} does not match its checksum`);
  return out;
}

function inflate(data: Uint8Array, size: number, what: string): Uint8Array {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new RouteProfileError('CORRUPT_FILE', `${what}: cannot be unpacked to the ${size} bytes its zip entry says`, {
      hint: 'The file is cut short or was changed: make it again.',
      cause,
    });
  }
}
