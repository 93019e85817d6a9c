import { isFields, type Fields } from '../wire/format.js';
import { BodyTooLong, type Exchange } from './exchange.js';
import { Refused } from './refused.js';
import { readUpTo } from './web-door.js';

/** Bytes of a request's body at most, as it comes and unpacked. */
export interface BodyLimits {
  bodyBytes: number;
  inflatedBytes: number;
}

/** JSON as it came, and parsed. */
interface Json {
  text: string;
  value: unknown;
}

/** A JSON object as it came, and parsed. */
export interface JsonBody {
  text: string;
  body: Fields;
}

const tooLong = (limit: number) =>
  new Refused(413, 'request_too_large', `The request's body has more than ${limit.toLocaleString('en-US')} bytes.`);

const UTF_8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true });

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** Unpacks what is packed. The bytes as they come are counted before. */
async function unpack(packed: Uint8Array, encoding: string, limit: number): Promise<Uint8Array> {
  const format = encoding === 'gzip' || encoding === 'x-gzip' ? 'gzip' : encoding === 'deflate' ? 'deflate' : undefined;
  if (format === undefined)
    throw new Refused(415, 'unsupported_encoding', `The body's content-encoding is not gzip, deflate or identity.`);
  const unpacking = new DecompressionStream(format);
  const writer = unpacking.writable.getWriter();
  // A failure shows in what is read.
  void writer.write(packed.slice()).catch(() => {});
  void writer.close().catch(() => {});
  try {
    return await readUpTo(unpacking.readable, limit);
  } catch (error) {
    if (error instanceof BodyTooLong) throw tooLong(limit);
    throw new Refused(400, 'invalid_encoding', `The body is not ${format}, as its content-encoding says.`);
  }
}

/** The bytes of a body of JSON, unpacked. @throws Refused 400, 413, 415 */
async function bytesOf(request: Exchange, { bodyBytes, inflatedBytes }: BodyLimits): Promise<Uint8Array> {
  const { headers } = request;
  // Pages of other sites can send bodies of other types to a gateway on this machine without being asked whether they may.
  if (!JSON_TYPE.test(headers.get('content-type') ?? ''))
    throw new Refused(
      415,
      'unsupported_type',
      'The body’s content-type is not application/json. Send the header `content-type: application/json`.',
    );
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (Number(headers.get('content-length') ?? 0) > bodyBytes) throw tooLong(bodyBytes);
  let packed: Uint8Array;
  try {
    packed = await request.read(bodyBytes);
  } catch (error) {
    if (error instanceof BodyTooLong) throw tooLong(bodyBytes);
    throw new Refused(400, 'broken_body', 'The request’s body broke off.');
  }
  return encoding === 'identity' || encoding === '' ? packed : unpack(packed, encoding, inflatedBytes);
}

/** @throws Refused 400 */
function parsed(bytes: Uint8Array): Json {
  try {
    const text = UTF_8.decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch {
    throw new Refused(400, 'invalid_json', 'The request’s body is not valid JSON.');
  }
}

/**
 * The body of a request, which must be JSON.
 * @throws Refused 400, 413, 415
 */
export const readJson = async (request: Exchange, limits: BodyLimits): Promise<Json> =>
  parsed(await bytesOf(request, limits));

/**
 * The body of a request, which must be a JSON object.
 * @throws Refused 400, 413, 415
 */
export async function readJsonBody(request: Exchange, limits: BodyLimits): Promise<JsonBody> {
  const { text, value: body } = parsed(await bytesOf(request, limits));
  if (!isFields(body)) throw new Refused(400, 'invalid_json', 'The request’s body is not a JSON object.');
  return { text, body };
}
