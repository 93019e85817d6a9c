/** Text lines with the common indentation of the non-blank ones taken off (Python's `textwrap.dedent`). */
export function dedent(code: string): string {
  const lines = code.split('\n').map((line) => (line.trim() === '' ? '' : line));
  const margins = lines.filter((line) => line !== '').map((line) => /^[ \t]*/.exec(line)![0]);
  let margin = margins[0] ?? '';
  for (const other of margins) while (!other.startsWith(margin)) margin = margin.slice(0, -1);
  return lines.map((line) => line.slice(margin.length)).join('\n');
}

/** Every line that is not blank four spaces further in. */
export const indent = (code: string): string => code.replace(/^(?=.*\S)/gm, '    ');

const FENCE = /^[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)(?:^[ \t]*(?:```|~~~)|$(?![\s\S]))/gm;

/** The code of a text with fenced blocks: the first block that defines a function, else the first; null without blocks. */
function fenced(text: string): string | null {
  const blocks = [...text.matchAll(FENCE)].map((match) => match[1]!);
  return blocks.find((block) => /^[ \t]*(?:async[ \t]+)?def[ \t]/m.test(block)) ?? blocks[0] ?? null;
}

/**
 * The code in a response: what stands between the first `[BEGIN]` and the `[Done]` after it (or the end), out of its
 * fence if it has one; else a fenced block; else the response as it is. Letter case of the marks does not matter.
 */
export function extractCode(response: string): string {
  const text = response.replaceAll('\r\n', '\n');
  const marked = /\[BEGIN\][ \t]*\n?([\s\S]*?)(?:\[DONE\]|$(?![\s\S]))/i.exec(text)?.[1];
  return (marked === undefined ? fenced(text) : (fenced(marked) ?? marked)) ?? text;
}
