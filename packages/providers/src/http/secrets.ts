/** Replaces every occurrence of a secret, also as JSON, URLs, hexadecimal and base64 write it, by `***`. */
export function redact(text: string, secret: string | undefined): string {
  if (!secret) return text;
  return [...spellings(secret), paddedBase64(secret)]
    .sort((a, b) => b.length - a.length)
    .reduce((clean, form) => (form === '' ? clean : clean.replaceAll(form, '***')), text);
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const paddedBase64 = (text: string): string => base64(bytesOf(text)).replace(/=+$/, '');
const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * How a text of `bytes` looks inside base64 that begins a given number of bytes before it: the characters that depend on nothing else.
 * Six bits make a character.
 */
function insideBase64(bytes: Uint8Array, before: number): string {
  const padded = new Uint8Array(before + bytes.length);
  padded.set(bytes, before);
  return base64(padded).slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6));
}

/** A secret as it is and as others may write it, each once. */
function spellings(secret: string): string[] {
  const bytes = bytesOf(secret);
  const encoded = [0, 1, 2].map((before) => insideBase64(bytes, before));
  const hex = hexadecimal(bytes);
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      hex,
      hex.toUpperCase(),
      ...encoded,
      ...encoded.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ];
}

/** Letters of a spelling that say where to look closer; each part that is looked for holds one at a multiple of the step. */
const GRAM = 4;

/** What a number may be written with: digits that are those of a spelling by chance are not a secret. */
const NUMBER = /^[\d.,eE+\-\s]*$/;

/** Replaces every run of at least `least` characters that is part of a spelling of the secret. */
function redactParts(text: string, secret: string, least: number): string {
  const forms = spellings(secret).filter((form) => form.length >= least);
  const grams = new Map<string, { form: string; at: number }[]>();
  for (const form of forms)
    for (let at = 0; at + GRAM <= form.length; at++) {
      const gram = form.slice(at, at + GRAM);
      grams.set(gram, [...(grams.get(gram) ?? []), { form, at }]);
    }
  const step = least - GRAM + 1;
  let out = '';
  let done = 0;
  for (let i = 0; i + GRAM <= text.length; i += step) {
    for (const { form, at } of grams.get(text.slice(i, i + GRAM)) ?? []) {
      let [from, to] = [i, i + GRAM];
      while (from > done && from - i + at > 0 && text[from - 1] === form[from - i + at - 1]) from--;
      while (to < text.length && to - i + at < form.length && text[to] === form[to - i + at]) to++;
      if (from < done || to - from < least || NUMBER.test(text.slice(from, to))) continue;
      out += `${text.slice(done, from)}***`;
      done = to;
    }
  }
  return out + text.slice(done);
}

/** A key that fits an HTTP header: visible ASCII. Anything else would make the platform print it in an error. */
export const isUsableKey = (key: string): boolean => /^[\x21-\x7e]+$/.test(key);

/** Host and path of an endpoint, for ids and errors: no credentials, no query. */
export const endpointName = (url: URL): string => `${url.host}${url.pathname.replace(/\/+$/, '')}`;

/** Shorter keys are placeholders, such as the `EMPTY` or `ollama` of local servers, and may be words of an answer. */
const SECRET_LENGTH = 8;

/** Shorter parts of a key may be words of an answer, which is kept; a refusal is only shown. */
const PART_OF_ANSWER = 16;

/** An answer with the key masked, should the server repeat it, whole or sixteen characters of it. */
export const redactAnswer = (text: string, key: string | undefined): string =>
  key !== undefined && key.length >= SECRET_LENGTH ? redactParts(redact(text, key), key, PART_OF_ANSWER) : text;

/**
 * The body of an answer with the key masked. JSON may write any character as an escape (`\/`, `\u0073`), so where a body has escapes its
 * strings are masked as they read, and the JSON is written anew.
 */
export function redactBody(body: string, key: string | undefined): string {
  if (key === undefined || key.length < SECRET_LENGTH || !body.includes('\\')) return redactAnswer(body, key);
  try {
    return JSON.stringify(
      JSON.parse(body, (_, value: unknown) => (typeof value === 'string' ? redactAnswer(value, key) : value)),
    );
  } catch {
    return redactAnswer(body, key);
  }
}

/** What a server says is wrong, with the key masked, whole or eight characters of it. */
export const redactRefusal = (text: string, key: string | undefined): string =>
  key !== undefined && key.length >= SECRET_LENGTH
    ? redactParts(redact(text, key), key, SECRET_LENGTH)
    : redact(text, key);
