import type { CountedUsage, DecisionRecord } from '../../../contracts/record.js';
import { element, table } from './dom.js';
import { ago, counted, dollars, duration, percent, score } from './format.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const dollarsOr = (value: unknown): string => (typeof value === 'number' ? dollars(value) : '–');

/** Milliseconds of all attempts. */
export const tookOf = ({ attempts }: DecisionRecord): number => attempts.reduce((sum, { totalMs }) => sum + totalMs, 0);

/** The ranking, with whatever the router says of each candidate. */
export function rankingTable(ranked: DecisionRecord['ranked']): HTMLElement {
  const withChance = ranked.some(({ probability }) => typeof probability === 'number');
  const rows = ranked.map((one) => [
    one.model,
    score(one.score),
    ...(withChance ? [typeof one['probability'] === 'number' ? percent(one['probability']) : '–'] : []),
    dollarsOr(one['expectedCost']),
  ]);
  const heads = ['model', 'score', ...(withChance ? ['chance to be right'] : []), 'expected cost'];
  return table('Ranking', heads, rows);
}

/** Tokens of the prompt, with those that were read from a cache. */
function tokensIn({ uncachedInput, cacheRead, cacheWrite, estimated }: CountedUsage): string {
  const all = `${estimated ? 'about ' : ''}${uncachedInput + cacheRead + cacheWrite}`;
  return cacheRead === 0 ? all : `${all}, ${cacheRead} from a cache`;
}

export const attemptTable = ({ attempts }: DecisionRecord): HTMLElement =>
  table(
    'Attempts',
    ['endpoint', 'came to', 'status', 'first content', 'time', 'tokens in', 'tokens out', 'cost'],
    attempts.map(({ endpoint, fault, status, firstContentMs, totalMs, usage, cost }) => [
      endpoint,
      fault ?? 'answered',
      status === undefined ? '–' : String(status),
      firstContentMs === undefined ? '–' : duration(firstContentMs),
      duration(totalMs),
      usage ? tokensIn(usage) : '–',
      usage ? String(usage.output) : '–',
      dollarsOr(cost),
    ]),
  );

/** Chosen, its score, and the runner-up. */
export function choice(model: string, ranked: DecisionRecord['ranked']): Node[] {
  const own = ranked.find((one) => one.model === model);
  const next = ranked.find((one) => one.model !== model);
  return [
    element('span', { className: 'chosen' }, model),
    ...(own && ranked.length > 1 ? [element('span', { className: 'score' }, `score ${score(own.score)}`)] : []),
    ...(next ? [element('span', { className: 'score' }, `runner-up ${next.model} ${score(next.score)}`)] : []),
  ];
}

export const reasonList = (reasons: DecisionRecord['reasons']): HTMLElement =>
  element('ul', { className: 'plain facts' }, ...reasons.map((reason) => element('li', {}, reason.text)));

/** What the list says of a decision whose answer is not that of the model chosen. */
export function fallback({ attempts, served, model, status }: DecisionRecord): HTMLElement | undefined {
  const faults = attempts.flatMap(({ candidate, fault }) => (fault === undefined ? [] : [`${candidate}: ${fault}`]));
  const asked = attempts.some(({ candidate }) => candidate === model);
  const why = [...(asked || served === model ? [] : [`${model} could not be asked`]), ...faults];
  const because = why.length > 0 ? ` (${why.join(', ')})` : '';
  if (served === null) return element('span', { className: 'tag failed' }, `no answer, status ${status}${because}`);
  if (served === model) return undefined;
  return element('span', { className: 'tag fell' }, `answered by ${served}${because}`);
}

function figures(record: DecisionRecord): string {
  const { cost, bestSingle, attempts, session } = record;
  return [
    ...(session === undefined ? [] : [session.length > 40 ? `${session.slice(0, 40)}…` : session]),
    cost === undefined ? 'cost not known' : dollars(cost),
    ...(bestSingle ? [`always ${bestSingle.model}: ${dollars(bestSingle.cost)}`] : []),
    duration(tookOf(record)),
    counted(attempts.length, 'attempt'),
  ].join(' · ');
}

/** Decisions as the page lists them: what stands stays, as it may have the focus. */
export interface DecisionList {
  /** @param records the newest first @param now milliseconds since 1970 */
  show(records: readonly DecisionRecord[], now: number): void;
}

function itemOf(record: DecisionRecord, open: (id: string) => void): { item: HTMLElement; time: HTMLElement } {
  const time = element('span', {});
  const query = text(record.text);
  const whole = element('button', { className: 'second whole' }, 'The whole decision');
  whole.type = 'button';
  whole.addEventListener('click', () => open(record.id));
  const item = element(
    'li',
    { className: 'decision' },
    element(
      'div',
      { className: 'head' },
      ...choice(record.model, record.ranked),
      element('span', { className: 'figures' }, figures(record), ' · ', time),
    ),
    query === undefined ? undefined : element('p', { className: 'query' }, query === '' ? '(no text)' : query),
    fallback(record),
    reasonList(record.reasons.slice(0, 1)),
    whole,
  );
  return { item, time };
}

/** @param open shows a decision whole */
export function createDecisionList(list: HTMLElement, none: HTMLElement, open: (id: string) => void): DecisionList {
  const shown = new Map<string, { item: HTMLElement; time: HTMLElement }>();
  let filled = false;
  return {
    show(records, now) {
      none.hidden = records.length > 0;
      const ids = new Set(records.map(({ id }) => id));
      for (const [id, { item }] of shown)
        if (!ids.has(id)) {
          item.remove();
          shown.delete(id);
        }
      for (const record of [...records].reverse()) {
        if (shown.has(record.id)) continue;
        const made = itemOf(record, open);
        if (filled) made.item.classList.add('new');
        shown.set(record.id, made);
        list.prepend(made.item);
      }
      filled = true;
      for (const { id, at } of records) shown.get(id)!.time.textContent = ago(at, now);
    },
  };
}
