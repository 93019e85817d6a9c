type Child = Node | string | undefined;

/** An element. Texts become text nodes, never markup: prompts and names are other people's. */
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

/** A table that scrolls inside itself. @param rows their first cell is a heading */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const head = element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text))));
  const body = rows.map(([first = '', ...cells]) =>
    element('tr', {}, element('th', { scope: 'row' }, first), ...cells.map((text) => element('td', {}, text))),
  );
  const whole = element('table', {}, element('caption', {}, caption), head, element('tbody', {}, ...body));
  const scroll = element('div', { className: 'scroll', tabIndex: 0 }, whole);
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', caption);
  return scroll;
}
