/** Replaces every occurrence of a secret, also as JSON and as URLs write it, by `***`. */
export function redact(text: string, secret: string | undefined): string {
  if (!secret) return text;
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64(secret)];
  return forms.reduce((clean, form) => clean.replaceAll(form, '***'), text);
}

const base64 = (text: string): string => btoa(text).replace(/=+$/, '');

/** A key that fits an HTTP header: visible ASCII. Anything else would make the platform print it in an error. */
export const isUsableKey = (key: string): boolean => /^[\x21-\x7e]+$/.test(key);

/** Host and path of an endpoint, for ids and errors: no credentials, no query. */
export const endpointName = (url: URL): string => `${url.host}${url.pathname.replace(/\/+$/, '')}`;

/** Shorter keys are placeholders, such as the `EMPTY` or `ollama` of local servers, and may be words of an answer. */
const SECRET_LENGTH = 8;

/** An answer with the key masked, should the server repeat it. */
export const redactAnswer = (text: string, key: string | undefined): string =>
  key !== undefined && key.length >= SECRET_LENGTH ? redact(text, key) : text;
