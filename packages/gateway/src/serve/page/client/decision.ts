import type { DecisionRecord } from '../../../contracts/record.js';
import type { Feedback } from '../../../contracts/store.js';
import type { Api } from './api.js';
import { attemptTable, fallback, rankingTable, reasonList, tookOf } from './decisions.js';
import { byId, element, table } from './dom.js';
import { dollars, duration, percent } from './format.js';

/** What `GET /v1/decisions/{id}` answers. */
type WholeDecision = DecisionRecord & { feedback: readonly Feedback[] };

/** What it cost beside what the best single model would have cost. */
function comparedWith({ model, cost: single }: { model: string; cost: number }, cost: number | undefined): string {
  const difference = cost === undefined ? 0 : single - cost;
  const compared =
    difference === 0 ? '' : difference > 0 ? `, ${dollars(difference)} more` : `, ${dollars(-difference)} less`;
  return `${dollars(single)} with ${model} (estimated)${compared}`;
}

/** Facts, a term and what is to be said of it each; those that nothing is known of are left out. */
function factsOf(record: DecisionRecord): [string, string | undefined][] {
  const { id, at, wire, route, router, session, requirements, propensity, cost, bestSingle, served, status } = record;
  const asks = Object.entries(requirements).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [
    ['Id', id],
    ['When', new Date(at).toLocaleString()],
    ['Wire', wire],
    ['Route', route ?? 'none: the request named its model'],
    ['Router', router ? [router.strategy, ...(router.encoder ? [router.encoder] : [])].join(' on ') : undefined],
    ['Learned from', router?.learned === undefined ? undefined : `${router.learned} judged decisions`],
    ['Conversation', session],
    ['Requirements', asks.length === 0 ? undefined : asks.join(', ')],
    ['Chosen', `${record.model}, with a chance of ${percent(propensity)}`],
    ['Answered by', served ?? `nobody, status ${status}`],
    ['Cost', cost === undefined ? 'not known' : dollars(cost)],
    ['Would have cost', bestSingle && comparedWith(bestSingle, cost)],
    ['Time of all attempts', duration(tookOf(record))],
  ];
}

const feedbackTable = (feedback: readonly Feedback[]): HTMLElement =>
  feedback.length === 0
    ? element('p', { className: 'facts' }, 'Nobody has judged this answer yet.')
    : table(
        'Feedback',
        ['name', 'said', 'score, 0 to 1', 'by', 'comment'],
        feedback.map(({ name, value, score, source, comment }) => [
          name,
          String(value),
          score === undefined ? '–' : score.toFixed(2),
          source,
          comment ?? '–',
        ]),
      );

function bodyOf(record: WholeDecision): HTMLElement[] {
  const { text, shadow = [] } = record;
  const terms = factsOf(record).flatMap(([term, said]) =>
    said === undefined ? [] : [element('div', {}, element('dt', {}, term), element('dd', {}, said))],
  );
  const alike = shadow.map(({ router, model }) => element('li', {}, `${router}, which only looks on, takes ${model}`));
  const fell = fallback(record);
  return [
    ...(text === undefined ? [] : [element('p', { className: 'asked' }, text === '' ? '(no text)' : text)]),
    ...(fell ? [element('p', {}, fell)] : []),
    element('dl', { className: 'terms' }, ...terms),
    element('h3', {}, 'Reasons'),
    reasonList(record.reasons),
    ...(alike.length === 0 ? [] : [element('ul', { className: 'plain facts' }, ...alike)]),
    rankingTable(record.ranked),
    attemptTable(record),
    feedbackTable(record.feedback),
  ];
}

/** The dialog that shows one decision whole. @returns opens it */
export function createDecisionDialog(api: Api, failed: (error: unknown) => string): (id: string) => void {
  const dialog = byId('decision', HTMLDialogElement);
  const body = byId('decision-body', HTMLElement);
  const judge = byId('judge', HTMLElement);
  const judged = byId('judge-said', HTMLElement);
  let shown = '';

  const show = async (id: string) => {
    const record = await api.get<WholeDecision>(`v1/decisions/${encodeURIComponent(id)}`);
    if (id !== shown) return;
    body.replaceChildren(...bodyOf(record));
    judge.hidden = record.served === null;
  };
  const during = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      judged.textContent = failed(error);
    }
  };
  const say = async (value: 'up' | 'down') => {
    const id = shown;
    // Under one name, so that a second thought replaces the first.
    await api.post('v1/feedback', { id, value, feedbackId: `page ${id}` });
    await show(id);
    if (id === shown) judged.textContent = value === 'up' ? 'Kept: useful.' : 'Kept: not useful.';
  };
  byId('judge-up', HTMLButtonElement).addEventListener('click', () => void during(() => say('up')));
  byId('judge-down', HTMLButtonElement).addEventListener('click', () => void during(() => say('down')));
  byId('decision-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  return (id) => {
    shown = id;
    body.replaceChildren('Loading…');
    judged.textContent = '';
    judge.hidden = true;
    dialog.showModal();
    void during(() => show(id));
  };
}
