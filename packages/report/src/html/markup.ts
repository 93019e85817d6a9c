/** Text that is HTML already. Only `html` and `trusted` make it, so everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c]!);

type Part = string | number | Markup | null | readonly Part[];

const render = (part: Part): string => {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part.map(render).join('');
};

/** A tagged template: what stands between the values is HTML, every value is escaped unless it is `Markup`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.reduce((out, string, i) => out + (i > 0 ? render(parts[i - 1]!) : '') + string, ''));
}

/** HTML made by something that escapes on its own, such as the plot library's serialiser, or written here. */
export const trusted = (text: string): Markup => new Markup(text);
