const TOKEN = /NaN|Infinity/;
const STOPS = /"|-?(?:NaN|Infinity)\b/g;
/** Too great for a double: JSON reads it as an infinity, which cells take for absent and count. */
const BEYOND = '1e999';

/** JSON as Python writes it, with `NaN`, `Infinity` and `-Infinity` outside of strings → JSON in which they are infinite. */
export function withoutNaN(text: string): string {
  if (!TOKEN.test(text)) return text;
  let [made, from] = ['', 0];
  STOPS.lastIndex = 0;
  for (let stop = STOPS.exec(text); stop !== null; stop = STOPS.exec(text)) {
    if (stop[0] === '"') STOPS.lastIndex = endOfString(text, stop.index + 1);
    else {
      made += text.slice(from, stop.index) + BEYOND;
      from = STOPS.lastIndex;
    }
  }
  return made + text.slice(from);
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
