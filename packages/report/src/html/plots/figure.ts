import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, trusted, type Markup } from '../markup.js';

/** The heading above a plot and the words below it, which also describe it to those who do not see it. */
export interface FigureText {
  /** Unique in the page; letters and dashes. */
  id: string;
  title: string;
  caption: string;
  /** Between the plot and its caption, such as a legend. */
  extra?: Markup;
}

/**
 * Draws with a DOM of its own. Data go into text nodes, which that DOM's serialiser escapes; none goes into an attribute.
 * Colours follow the page: text is `currentColor`, the rest are CSS variables.
 */
export function draw(options: Plot.PlotOptions) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return Plot.plot({
    ...options,
    document,
    style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
  });
}

export type Drawing = ReturnType<typeof draw>;

export function figure(drawing: Drawing, { id, title, caption, extra }: FigureText): Markup {
  // The library names every group of marks, "rule" or "cell"; the picture is one thing, and says what it is below.
  for (const mark of drawing.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-labelledby', `${id}-title`);
  drawing.setAttribute('aria-describedby', `${id}-caption`);
  return html`<figure id="${id}">
    <h2 id="${id}-title">${title}</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}-title">${trusted(drawing.outerHTML)}</div>
    ${extra ?? null}
    <figcaption id="${id}-caption">${caption}</figcaption>
  </figure>`;
}

/** A label that leaves room for the plot. The full text belongs into a title. */
export const shorten = (text: string, length = 34): string => {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`;
};

/** Pixels that the longest of the labels takes at 12 px, and a gap. */
export const labelRoom = (labels: readonly string[]): number =>
  16 + 7.6 * Math.max(4, ...labels.map((label) => [...label].length));
