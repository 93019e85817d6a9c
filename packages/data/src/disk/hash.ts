import { createHash } from 'node:crypto';

/** SHA-256 as 64 hexadecimal digits. */
export const hashBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of the text's UTF-8 bytes. */
export const hashText = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Keys sorted at every level, so that equal values give equal texts. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  );
}

/** SHA-256 of a JSON value, whatever the order of its keys. */
export const hashJson = (value: unknown): string => hashText(JSON.stringify(canonical(value)) ?? 'undefined');
