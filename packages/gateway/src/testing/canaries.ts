/** Ways in which others write a text that nobody may see. */
export const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in JSON with escaped slashes': (text) => text.replaceAll('/', '\\/'),
  'in JSON with every character escaped': (text) =>
    Array.from(text, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'in an address': (text) => encodeURIComponent(text),
  'in base64': (text) => btoa(`Bearer ${text}`),
};

/** A text with what JSON, addresses and base64 hide in it laid open, as often as it takes. */
function laidOpen(text: string): string {
  let open = text;
  for (let i = 0; i < 3; i++)
    open = open
      .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
      .replaceAll('\\/', '/')
      .replaceAll('\\"', '"')
      .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  const packed = [...open.matchAll(/[A-Za-z0-9+/]{16,}/g)].map(([run]) => atob(run.slice(0, run.length & ~3)));
  return [open, ...packed].join('\n');
}

/** Characters of a canary that may not be seen in a row. */
const PART = 10;

/** Which of the canaries a text holds, wholly or in part, however they are written. */
export function canariesIn(text: string, canaries: Readonly<Record<string, string>>): string[] {
  const open = laidOpen(text);
  return Object.entries(canaries).flatMap(([name, canary]) => {
    for (let at = 0; at + PART <= canary.length; at++)
      if (open.includes(canary.slice(at, at + PART))) return [`${name}: ${canary.slice(at, at + PART)}`];
    return [];
  });
}
