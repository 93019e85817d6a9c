import { chooserOf } from '@routeprofile/schema';
import { isFields, type Fields } from '../paths.js';
import { Measured } from '../units.js';
import { has, numberOf, type Preset, type PresetCall } from './preset.js';

/** Lines of a journal that are neither decisions nor feedback. */
const MONEY = new Set<unknown>(['reserved', 'settled']);

/** A decision, as a line of a journal or as `GET /v1/decisions/{id}` gives it. */
function decisionOf(line: Fields): Fields | undefined {
  const record = line['type'] === 'decision' ? line['record'] : line;
  return isFields(record) && has(record, 'id', 'ranked', 'attempts', 'served') ? record : undefined;
}

/** What somebody said of a decision. */
function feedbackOf(line: Fields): Fields | undefined {
  const { type, said } = line;
  return type === 'feedback' && isFields(said) && has(said, 'decision') ? said : undefined;
}

const sum = (...counts: readonly unknown[]): number | undefined => {
  const numbers = counts.map(numberOf);
  return numbers.every((one) => one !== undefined) ? numbers.reduce((a, b) => a + b, 0) : undefined;
};

/** What the attempt took whose answer was delivered. */
function deliveredIn(attempts: unknown, served: unknown): Partial<PresetCall> {
  const all: readonly unknown[] = Array.isArray(attempts) ? attempts : [];
  const attempt = all.filter(isFields).findLast(({ candidate }) => candidate === served);
  if (attempt === undefined) return {};
  const usage = isFields(attempt['usage']) ? attempt['usage'] : {};
  return {
    cost: attempt['cost'],
    latency: new Measured(attempt['totalMs'], 'latency_ms'),
    inputTokens: sum(usage['uncachedInput'], usage['cacheRead'], usage['cacheWrite']),
    outputTokens: usage['output'],
  };
}

/** Who judges: what is called `quality` goes by the name of who said it, all else by its own. */
const SOURCES = new Set(['user', 'verifier', 'model', 'score']);

/** Who judged it, where all that was said came from one source. */
const sourceOf = (scores: Fields | undefined): { source?: string } => {
  const [source, ...others] = Object.keys(scores ?? {});
  return source === undefined || others.length > 0 || !SOURCES.has(source) ? {} : { source };
};

/** Whether the router chose who answered: the chance of any other choice is not that of the record. */
function isDrawn({ router, served, model, reasons }: Fields): boolean {
  const kinds = (Array.isArray(reasons) ? reasons : []).filter(isFields).map(({ kind }) => ({ kind: String(kind) }));
  return isFields(router) && served === model && chooserOf(kinds) === 'router';
}

/**
 * Decisions of the gateway: `journal.jsonl` of its state, feedback included, or decisions one by one. The chance of a choice is that of the model
 * which answered, so that it is left out where somebody else than the router chose, such as the client, or another one answered than was chosen.
 */
export const gateway: Preset = {
  name: 'gateway',
  title: 'decisions of the gateway',
  records: ['', 'data'],
  reads: {
    ...{ query: 'text, where it is kept', model: 'served', id: 'id', time: 'at', score: 'feedback' },
    ...{ source: 'who gave the feedback', propensity: 'propensity', cost: 'attempts.*.cost' },
    ...{ latency: 'attempts.*.totalMs', inputTokens: 'attempts.*.usage', outputTokens: 'attempts.*.usage' },
  },
  ownScores: true,
  recognise: (line) => decisionOf(line) !== undefined || feedbackOf(line) !== undefined || MONEY.has(line['type']),
  says(line) {
    const { decision, id, name, source, score } = feedbackOf(line) ?? {};
    if (typeof decision !== 'string') return undefined;
    const own = typeof name === 'string' && name !== 'quality' ? name : undefined;
    return {
      id: decision,
      name: own ?? (typeof source === 'string' ? source : 'score'),
      score,
      ...(typeof id === 'string' && { key: id }),
    };
  },
  calls(line, { said }) {
    const record = decisionOf(line);
    if (record === undefined) return [];
    const { id, at, text, served, router, propensity } = record;
    if (record['wire'] === 'embeddings') return { skipped: 'calls that are not chats (embeddings)' };
    if (typeof served !== 'string') return { skipped: 'requests that nobody answered' };
    if (!isFields(router) && text === undefined)
      return { skipped: 'requests that named their model, whose texts are not kept' };
    const scores = said?.get(String(id));
    return [
      {
        ...{ id, query: text, model: served, ...deliveredIn(record['attempts'], served) },
        time: typeof at === 'number' ? new Date(at).toISOString() : at,
        ...(isDrawn(record) && { propensity }),
        ...sourceOf(scores),
        scores: scores ?? {},
      },
    ];
  },
  joins: [
    ['record.id', 'decision'],
    ['record.id', 'id'],
    ['id', 'decision'],
    ['id', 'id'],
  ],
  hints: {
    query: 'From now on have texts kept: log: { text: full } in the gateway’s configuration.',
    score:
      'Nothing is learned from decisions that nobody judged: give a file with the columns id and score by --scores FILE.',
  },
};
