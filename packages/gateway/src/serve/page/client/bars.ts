import { element } from './dom.js';
import { percent } from './format.js';

const hidden = (className: string, lengths: Readonly<Record<string, number>>): HTMLElement => {
  const drawn = element('span', { className });
  // What it shows stands beside it in words.
  drawn.setAttribute('aria-hidden', 'true');
  for (const [name, share] of Object.entries(lengths)) drawn.style.setProperty(`--${name}`, `${100 * share}%`);
  return drawn;
};

/** A share of 1 as a bar, and in percent. */
export const shareBar = (share: number): HTMLElement =>
  element('span', { className: 'measured' }, hidden('bar', { share }), element('span', {}, percent(share)));

/** An interval on the scale from 0 to 1, its middle marked, and in words. */
export const scoreRange = ({ low, mean, high }: { low: number; mean: number; high: number }): HTMLElement =>
  element(
    'span',
    { className: 'measured' },
    hidden('range', { low, mean, width: high - low }),
    element('span', {}, `${low.toFixed(2)} to ${high.toFixed(2)}`),
  );
