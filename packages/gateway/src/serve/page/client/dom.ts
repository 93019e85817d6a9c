/** What an element holds. Texts become text nodes, never markup: prompts and names are other people's. */
export type Child = Node | string | undefined;

/** An element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Pick<HTMLElement, 'className' | 'title' | 'tabIndex'>> & { scope?: 'col' | 'row' } = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const { scope, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  if (scope) made.setAttribute('scope', scope);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element of the document with this id. @throws where the document lacks it, or it is another kind of element */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} called ${id}`);
}

/** Cells of a row; the first is its heading. */
export type Row = readonly Child[];

/** A table that scrolls inside itself, and keeps its place and the focus while its rows change. */
export interface Table {
  whole: HTMLElement;
  show: (rows: readonly Row[]) => void;
}

export function createTable(caption: string, heads: readonly string[]): Table {
  const head = element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text))));
  const body = element('tbody');
  const inner = element('table', {}, element('caption', {}, caption), head, body);
  const whole = element('div', { className: 'scroll', tabIndex: 0 }, inner);
  whole.setAttribute('role', 'region');
  whole.setAttribute('aria-label', caption);
  return {
    whole,
    show(rows) {
      body.replaceChildren(
        ...rows.map(([first, ...cells]) =>
          element('tr', {}, element('th', { scope: 'row' }, first), ...cells.map((cell) => element('td', {}, cell))),
        ),
      );
    },
  };
}

/** A table whose rows stay as they are. */
export function table(caption: string, heads: readonly string[], rows: readonly Row[]): HTMLElement {
  const { whole, show } = createTable(caption, heads);
  show(rows);
  return whole;
}
