import { crc32, inflateRawSync } from 'node:zlib';
import { RouteProfileError } from '@routeprofile/schema';

/** How much an archive may unpack to before reading it throws LIMIT_EXCEEDED. */
export interface ZipLimits {
  /** Files in the archive; default 100,000. */
  maxEntries?: number;
  /** Bytes of one file, unpacked; default 1 GiB. */
  maxEntryBytes?: number;
  /** Bytes of all files, unpacked; default 2 GiB. */
  maxTotalBytes?: number;
}

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
 * Unpacks a zip archive of moderate size, in the order of its directory. Sizes are checked against the limits as
 * declared, before anything is unpacked; unpacking stops where the declared size is exceeded; checksums are verified.
 * @throws RouteProfileError CORRUPT_FILE, LIMIT_EXCEEDED, UNSUPPORTED (encryption, archives of 4 GiB, other methods).
 */
export function unzip(bytes: Uint8Array, what: string, limits: ZipLimits = {}): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(view, bytes, what);
  checkLimits(entries, what, limits);
  const out = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (entry.name.endsWith('/')) continue;
    if (out.has(entry.name)) throw corrupt(what, `holds ${JSON.stringify(entry.name)} twice`);
    out.set(entry.name, unpack(view, bytes, entry, what));
  }
  return out;
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

function checkLimits(entries: readonly Entry[], what: string, limits: ZipLimits): void {
  const { maxEntries = 100_000, maxEntryBytes = 2 ** 30, maxTotalBytes = 2 ** 31 } = limits;
  const refuse = (message: string): never => {
    throw new RouteProfileError('LIMIT_EXCEEDED', `${what}: ${message}`, {
      hint: 'If the file is what you meant to load, raise the limit.',
    });
  };
  if (entries.length > maxEntries) refuse(`holds ${entries.length} files, the limit is ${maxEntries}`);
  let total = 0;
  for (const { name, unpacked } of entries) {
    if (unpacked > maxEntryBytes) refuse(`${name} has ${unpacked} bytes unpacked, the limit is ${maxEntryBytes}`);
    total += unpacked;
  }
  if (total > maxTotalBytes) refuse(`has ${total} bytes unpacked, the limit is ${maxTotalBytes}`);
}

function unpack(view: DataView, bytes: Uint8Array, entry: Entry, what: string): Uint8Array {
  const { name, method, offset, packed, unpacked } = entry;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
    throw corrupt(what, `${name} is not where the zip directory says`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
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
