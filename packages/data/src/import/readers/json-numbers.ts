const TOKEN = /NaN|Infinity|\d{16}/;
/** A string, a number that JSON does not have, or an integer that may be too long for a double. */
const STOPS = /"|-?(?:NaN|Infinity)\b|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
/** Too great for a double: JSON reads it as an infinity, which cells take for absent and count. */
const BEYOND = '1e999';

/**
 * JSON as other languages write it → JSON that JavaScript reads as it is meant: `NaN`, `Infinity` and `-Infinity` outside of strings are
 * infinite, and an integer that no double holds, such as a long id, is text: rounded, it would be another one.
 */
export function readableNumbers(text: string): string {
  if (!TOKEN.test(text)) return text;
  let [made, from] = ['', 0];
  STOPS.lastIndex = 0;
  for (let stop = STOPS.exec(text); stop !== null; stop = STOPS.exec(text)) {
    if (stop[0] === '"') STOPS.lastIndex = endOfString(text, stop.index + 1);
    else {
      made += text.slice(from, stop.index) + readable(stop[0]);
      from = STOPS.lastIndex;
    }
  }
  return made + text.slice(from);
}

function readable(token: string): string {
  if (!/\d/.test(token)) return BEYOND;
  return Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
}

/** After the quote that closes a string; the end of the text where none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}
