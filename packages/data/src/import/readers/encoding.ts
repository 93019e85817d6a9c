import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RouteProfileError } from '@routeprofile/schema';
import { readError, sizeOfRegularFile } from '../../disk/read.js';

export interface TextOptions {
  /** Label of the encoding, such as `windows-1252`. Default: what a byte order mark says, else UTF-8. */
  encoding?: string | undefined;
  signal?: AbortSignal | undefined;
}

const MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
const encodingOfMark = (bytes: Uint8Array): string | undefined =>
  MARKS.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte))?.[0];

/** What windows-1252 has at 0x80 to 0x9F. Some versions of Node decode these bytes as control characters. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const CONTROLS = /[\x80-\x9f]/g;

/** Bytes → text, strictly; the pieces of one file in order, and then `end`. */
class StrictDecoder {
  private readonly decoder: InstanceType<typeof TextDecoder>;

  constructor(encoding: string) {
    this.decoder = new TextDecoder(encoding, { fatal: true });
  }

  decode(bytes: Uint8Array, stream: boolean): string {
    const text = this.decoder.decode(bytes, { stream });
    return this.decoder.encoding === 'windows-1252'
      ? text.replace(CONTROLS, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]!)
      : text;
  }
}

/**
 * The text of a file, piece by piece, never with a replacement character for bytes that mean nothing.
 * @throws RouteProfileError BAD_INPUT naming line and likely encoding, or for what is not a regular file; MISSING_FILE, ABORTED.
 */
export async function* readText(path: string, { encoding, signal }: TextOptions = {}): AsyncGenerator<string> {
  await sizeOfRegularFile(path);
  let decoder: StrictDecoder | undefined;
  let used = encoding ?? 'utf-8';
  let line = 1;
  let before: Uint8Array = new Uint8Array(0);
  const decode = (bytes: Uint8Array, stream: boolean): string => {
    try {
      return decoder!.decode(bytes, stream);
    } catch (cause) {
      throw encodingError(path, used, Buffer.concat([before, bytes]), line, cause);
    }
  };
  try {
    for await (const bytes of await openBytes(path, signal)) {
      if (decoder === undefined) {
        const marked = encodingOfMark(bytes);
        if (marked !== undefined && encoding !== undefined && new TextDecoder(encoding).encoding !== marked)
          throw new RouteProfileError(
            'BAD_INPUT',
            `${path}: begins with the byte order mark of ${marked}, not ${encoding}`,
            {
              hint: 'Omit --encoding.',
            },
          );
        used = marked ?? used;
        if (marked === undefined && encoding === undefined && bytes.includes(0)) throw zeroBytes(path, bytes);
        decoder = new StrictDecoder(used);
      }
      const text = decode(bytes, true);
      yield text;
      line += text.split('\n').length - 1;
      before = unfinished(bytes);
    }
    // What is left of a character that the end of the file cuts through.
    if (decoder !== undefined) decode(new Uint8Array(0), false);
  } catch (cause) {
    if (RouteProfileError.isInstance(cause)) throw cause;
    if (signal?.aborted) throw new RouteProfileError('ABORTED', 'interrupted', { cause });
    if (isGzipFault(cause))
      throw new RouteProfileError('CORRUPT_FILE', `${path}: cannot be unpacked (${cause.message})`, {
        hint: 'The file is cut short or damaged: make or fetch it again.',
        cause,
      });
    throw readError(path, cause);
  }
}

const isGzipFault = (cause: unknown): cause is Error =>
  cause instanceof Error && 'code' in cause && /^Z_|^ERR_STREAM_PREMATURE_CLOSE$/.test(String(cause.code));

/** The bytes of a file, unpacked where they are those of gzip, whatever the file is called. */
async function openBytes(path: string, signal: AbortSignal | undefined): Promise<AsyncIterable<Buffer>> {
  const packed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: 1 << 20, signal });
  if (!packed) return file as AsyncIterable<Buffer>;
  const text = createGunzip({ chunkSize: 1 << 18 });
  // An error of either side destroys the other, and is thrown where the bytes are awaited.
  pipeline(file, text, () => undefined);
  return text as AsyncIterable<Buffer>;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The last bytes, from where a character of UTF-8 may be cut. */
function unfinished(bytes: Uint8Array): Uint8Array {
  const tail = bytes.subarray(-3);
  const lead = tail.findLastIndex((byte) => byte >= 0xc0);
  return lead === -1 ? tail.subarray(tail.length) : tail.subarray(lead);
}

function encodingError(path: string, encoding: string, bytes: Uint8Array, line: number, cause: unknown) {
  const at = firstFault(bytes, encoding);
  const newlines = bytes.subarray(0, at).filter((byte) => byte === 10).length;
  const place = `${path}: line ${line + newlines}: is not ${encoding === 'utf-8' ? 'UTF-8' : encoding} text`;
  if (encoding !== 'utf-8')
    return new RouteProfileError('BAD_INPUT', place, { hint: 'Give the encoding of the file with --encoding.', cause });
  const likely = likelyEncoding(bytes.subarray(Math.max(0, at - 2)));
  return new RouteProfileError('BAD_INPUT', `${place}; it looks like ${likely}`, {
    hint: `Give --encoding ${likely} and look whether accents and signs come out right, or save the file as UTF-8.`,
    cause,
  });
}

/** How many bytes can be decoded before the first that cannot. */
function firstFault(bytes: Uint8Array, encoding: string): number {
  let [good, bad] = [0, bytes.length];
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle - 1;
    }
  }
  return good;
}

/** A guess by the bytes above 0x7F: accents of western languages stand alone, other scripts come in runs. */
export function likelyEncoding(bytes: Uint8Array): string {
  const runs: number[] = [];
  let [upper, total, run] = [0, 0, 0];
  for (const byte of bytes) {
    if (byte < 0x80) {
      if (run > 0) runs.push(run);
      run = 0;
      continue;
    }
    run++;
    total++;
    if (byte >= 0xc0) upper++;
  }
  if (run > 0) runs.push(run);
  if (runs.filter((length) => length === 1).length * 2 >= runs.length) return 'windows-1252';
  if (upper / total > 0.9) return 'windows-1251';
  return ['gb18030', 'shift_jis', 'euc-kr'].find((encoding) => decodes(bytes, encoding)) ?? 'windows-1252';
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Every second byte of Latin text in UTF-16 is zero; UTF-8 text has none. */
function zeroBytes(path: string, bytes: Uint8Array): RouteProfileError {
  const even = bytes.filter((byte, i) => byte === 0 && i % 2 === 0).length;
  const odd = bytes.filter((byte, i) => byte === 0 && i % 2 === 1).length;
  return new RouteProfileError('BAD_INPUT', `${path}: holds zero bytes, expected text in UTF-8`, {
    hint: `If it is UTF-16, give --encoding ${even > odd ? 'utf-16be' : 'utf-16le'}; otherwise export it again as text.`,
  });
}
