import { crc32 } from 'node:zlib';
import { RouteProfileError } from '@routeprofile/schema';
import { MAX_ENTRY_BYTES, MAX_TOTAL_BYTES } from './zip.js';

/** One file of an archive: its bytes in pieces, which may be views of larger arrays. */
export interface StoredFile {
  name: string;
  pieces: readonly Uint8Array[];
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Version 2.0 of the format reads it. */
const VERSION = 20;
/** Says that a name is UTF-8. */
const UTF8_NAME = 1 << 11;
/** 1 January 1980, midnight: the same bytes on every machine and day. */
const DATE = (1 << 5) | 1;
/** Their number has 16 bits. */
const MOST_FILES = 2 ** 16 - 2;

/**
 * A zip archive of files that are stored as they are, piece by piece: what the files hold is handed on, not copied.
 * @param what how messages name the archive
 * @throws RouteProfileError LIMIT_EXCEEDED for more than is read again: 2 GiB, 1 GiB per file, 65,534 files.
 */
export function storedZip(files: readonly StoredFile[], what: string): Uint8Array[] {
  if (files.length > MOST_FILES) throw tooMuch(what, `${files.length} arrays, the limit is ${MOST_FILES}`);
  const out: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (pieces: readonly Uint8Array[]): void => {
    for (const piece of pieces) {
      out.push(piece);
      at += piece.length;
    }
  };
  for (const file of files) {
    const offset = at;
    const name = new TextEncoder().encode(file.name);
    const size = file.pieces.reduce((sum, piece) => sum + piece.length, 0);
    assertFits(size, MAX_ENTRY_BYTES, `${what}: ${file.name}`);
    assertFits(offset + size, MAX_TOTAL_BYTES, what);
    // What a local header and the directory say alike.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(name.length === file.name.length ? 0 : UTF8_NAME, 2);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(checksumOf(file.pieces), 10);
    common.writeUInt32LE(size, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    put([uint32(LOCAL), common, name]);
    put(file.pieces);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(uint32(CENTRAL), uint16(VERSION), common, place, name);
  }
  const start = at;
  put(directory);
  assertFits(at, MAX_TOTAL_BYTES, what);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at - start, 12);
  end.writeUInt32LE(start, 16);
  put([end]);
  return out;
}

/** zlib begins anew at an empty piece. */
const checksumOf = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => (piece.length === 0 ? sum : crc32(piece, sum)), 0);

function assertFits(bytes: number, most: number, what: string): void {
  if (bytes > most)
    throw tooMuch(what, `${bytes.toLocaleString('en-US')} bytes, the limit is ${most.toLocaleString('en-US')}`);
}

const tooMuch = (what: string, message: string) =>
  new RouteProfileError('LIMIT_EXCEEDED', `${what}: would have ${message}`, {
    hint: 'Save fewer or smaller arrays: fewer training queries (--limit-train), or vectors of fewer dimensions.',
  });

function uint16(value: number): Uint8Array {
  const out = Buffer.alloc(2);
  out.writeUInt16LE(value);
  return out;
}

function uint32(value: number): Uint8Array {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}
