export { printable } from '@routeprofile/schema';

/** Columns that a terminal is taken to have. */
export const WIDTH = 100;

export const cut = (text: string, width: number) => {
  const letters = [...text];
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join('')}…`;
};

export function wrap(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((w) => w.match(new RegExp(`.{1,${WIDTH - indent.length}}`, 'gu')) ?? [])) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

export type Paint = (code: number, text: string) => string;

/** ANSI colours by code, or none. */
export const painter =
  (color: boolean): Paint =>
  (code, text) =>
    color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
