/** Where the value of a member stands in the text of an object. */
interface Span {
  from: number;
  to: number;
}

const isBlank = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;

/** Behind the string that begins at `at`. The platform finds quotation marks fastest, and texts are long. */
function behindString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 92) escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Behind the value that begins at `at`: at the comma or bracket that follows it, or at the blank before that. */
function behindValue(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = behindString(text, i) - 1;
      if (depth === 0) return i + 1;
    } else if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) {
      if (depth === 0) return i;
      if (--depth === 0) return i + 1;
    } else if (depth === 0 && (code === 44 || isBlank(code))) return i;
  }
  return text.length;
}

/** Whether a name as it stands in JSON is that one; it may hold escapes. */
const isName = (written: string, name: string): boolean =>
  written === name || (written.includes('\\') && JSON.parse(`"${written}"`) === name);

/** Values of every member of that name in the outermost object; a text may hold a name twice. */
function memberSpans(text: string, name: string): Span[] {
  const spans: Span[] = [];
  let i = text.indexOf('{') + 1;
  for (;;) {
    const from = text.indexOf('"', i);
    // What is between two members, or behind the last one, holds no quotation mark.
    if (from < 0) return spans;
    const to = behindString(text, from);
    let start = text.indexOf(':', to) + 1;
    while (isBlank(text.charCodeAt(start))) start++;
    const end = behindValue(text, start);
    if (isName(text.slice(from + 1, to - 1), name)) spans.push({ from: start, to: end });
    i = end;
  }
}

/**
 * The text of a JSON object with one member set and everything else as it was, blanks and the order of members included. A new member
 * comes first.
 * @param text valid JSON of an object
 * @param value JSON
 */
export function withMember(text: string, name: string, value: string): string {
  const spans = memberSpans(text, name);
  if (spans.length > 0)
    return spans.reduceRight((changed, { from, to }) => changed.slice(0, from) + value + changed.slice(to), text);
  const inside = text.indexOf('{') + 1;
  const comma = text.slice(inside).trimStart().startsWith('}') ? '' : ',';
  return `${text.slice(0, inside)}${JSON.stringify(name)}:${value}${comma}${text.slice(inside)}`;
}
