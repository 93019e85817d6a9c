import { chooserOf, grouped, judgedWorth, type Judgement } from '@routeprofile/schema';
import { isFields, type Fields } from '../paths.js';
import type { SaidScore } from '../said-scores.js';
import { Measured } from '../units.js';
import { has, numberOf, type Preset, type PresetCall } from './preset.js';

/** Lines of a journal that are neither decisions nor feedback. */
const MONEY = new Set<unknown>(['reserved', 'settled']);

/** A decision, as a line of a journal or as `GET /v1/decisions/{id}` gives it. */
function decisionOf(line: Fields): Fields | undefined {
  const record = line['type'] === 'decision' ? line['record'] : line;
  return isFields(record) && has(record, 'id', 'ranked', 'attempts', 'served') ? record : undefined;
}

/** What was said of decisions: a line of a journal, or what stands with a decision that is given by itself. */
function feedbackIn(line: Fields): readonly Fields[] {
  const { type, said } = line;
  const all = type === 'feedback' ? [said] : decisionOf(line)?.['feedback'];
  return Array.isArray(all) ? all.filter(isFields).filter((one) => has(one, 'decision')) : [];
}

/** What feedback is about that does not say. */
const QUALITY = 'quality';

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

/**
 * What an answer was worth, by what it was judged for (`judgedWorth`, as in `replay` and `learn`); where several sources judged the quality,
 * by what each of them said, too.
 */
function worthOf(
  given: readonly SaidScore[],
  sourcesOf: (name: string) => number,
): Pick<PresetCall, 'scores' | 'source' | 'notes'> {
  const all = given.map(({ name, source = 'unknown', score }) => ({ name, source, score: numberOf(score) }));
  const scores: Record<string, number> = {};
  const notes: string[] = [];
  const put = (name: string, said: readonly Judgement[]) => {
    const worth = Object.hasOwn(scores, name) ? undefined : judgedWorth(said);
    if (worth !== undefined) scores[name] = worth;
  };
  const bySource = (said: readonly Judgement[]) => grouped(said, ({ source }) => source);
  for (const [name, said] of grouped(all, (one) => one.name)) {
    put(name, said);
    const sources = [...bySource(said).values()];
    if (sources.filter((one) => judgedWorth(one) !== undefined).length > 1)
      notes.push(`${name} was judged by several sources, whose mean counts`);
    if (sources.length < said.length)
      notes.push(`${name} was judged more than once by the same source, whose last word counts`);
  }
  if (sourcesOf(QUALITY) > 1)
    for (const [source, said] of bySource(all.filter(({ name }) => name === QUALITY))) put(source, said);
  const [source, ...others] = bySource(all).keys();
  return {
    scores,
    ...(source !== undefined && others.length === 0 && SOURCES.has(source) && { source }),
    ...(notes.length > 0 && { notes: { score: notes } }),
  };
}

/** Who judges, as outcomes say it. */
const SOURCES = new Set(['user', 'verifier', 'model']);

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
  recognise: (line) => decisionOf(line) !== undefined || feedbackIn(line).length > 0 || MONEY.has(line['type']),
  says: (line) =>
    feedbackIn(line).flatMap(({ decision, id, name, source, score }): SaidScore[] =>
      typeof decision !== 'string'
        ? []
        : [
            {
              id: decision,
              name: typeof name === 'string' ? name : QUALITY,
              ...(typeof source === 'string' && { source }),
              score,
              ...(typeof id === 'string' && { key: id }),
            },
          ],
    ),
  calls(line, { said }) {
    const record = decisionOf(line);
    if (record === undefined) return [];
    const { id, at, text, served, router, propensity } = record;
    if (record['wire'] === 'embeddings') return { skipped: 'calls that are not chats (embeddings)' };
    if (typeof served !== 'string') return { skipped: 'requests that nobody answered' };
    if (!isFields(router) && text === undefined)
      return { skipped: 'requests that named their model, whose texts are not kept' };
    return [
      {
        ...{ id, query: text, model: served, ...deliveredIn(record['attempts'], served) },
        time: typeof at === 'number' ? new Date(at).toISOString() : at,
        ...(isDrawn(record) && { propensity }),
        ...worthOf(said?.of(String(id)) ?? [], (name) => said?.sourcesOf(name) ?? 0),
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
