import { plural, someOf } from '../dataset/text.js';
import { meanOf, type Counts, type QueryOutcomes } from './collect.js';
import type { RowIds } from './ids.js';
import type { Plan } from './plan.js';
import type { ScoreReader } from './scores.js';
import type { TimeSplit } from './time-split.js';

/** All that an import did and that one may not expect. */
export interface Done {
  plan: Plan;
  queries: readonly QueryOutcomes[];
  models: readonly string[];
  counts: Counts;
  scores: ScoreReader;
  ids: RowIds;
  /** Numbers that were read with a decimal comma. */
  commas: number;
  timeSplit: TimeSplit | undefined;
}

const number = (value: number): string => value.toLocaleString('en-US');
/** "a call" of a table with a row per call, "a row" of one with a row per query. */
const rowsOf = ({ models }: Plan, count: number): string => plural(count, models.length > 0 ? 'row' : 'call');
const said = (is: boolean, text: () => string): string[] => (is ? [text()] : []);

/** What was put together, averaged, guessed or left out, each said once with its number. */
export function saidOf(done: Done): string[] {
  return [
    ...howColumnsWereRead(done),
    ...howNumbersWereRead(done),
    ...whatWasMerged(done),
    ...whatIsMissing(done),
    ...(done.timeSplit?.warnings ?? []),
    ...productionLog(done),
  ];
}

function howColumnsWereRead({ plan, counts, queries }: Done): string[] {
  const { columns, models, otherScores } = plan;
  const differ = queries.filter(({ answersDiffer }) => answersDiffer).length;
  return [
    ...said(
      models.length > 0 && plan.format === 'wide',
      () => `A row per query: ${plural(models.length, 'column')} taken as the scores of models: ${someOf(models, 20)}.`,
    ),
    ...said(
      otherScores.length > 0,
      () =>
        `The score is read from ${JSON.stringify(columns.score)}; ${someOf(otherScores.map((name) => JSON.stringify(name)))} ${otherScores.length === 1 ? 'looks like one' : 'look like scores'} too (--score COLUMN takes another).`,
    ),
    ...said(
      counts.omittedParts > 0,
      () =>
        `${plural(counts.omittedParts, 'part')} of messages without text (images, files, …): left out of ${rowsOf(plan, counts.omittedFrom)}; queries that differ only in such parts count as one.`,
    ),
    ...said(
      differ > 0,
      () =>
        `${plural(differ, 'query has', 'queries have')} rows that differ in ${JSON.stringify(columns.answer)}: the first is kept as the right answer. If the column holds the models' own answers, name another with --answer.`,
    ),
    ...said(
      counts.unreadTimes > 0,
      () =>
        `${plural(counts.unreadTimes, 'value is not a time', 'values are not times')} in ${JSON.stringify(columns.time)}: left out.`,
    ),
  ];
}

function howNumbersWereRead({ plan, scores, commas, queries, models }: Done): string[] {
  const words = [...scores.words].map(([word, { count, score }]) => `${word} = ${score} (${number(count)})`);
  const latencies = queries.flatMap((query) => models.flatMap((model) => meanOf(query, model, 'latency') ?? []));
  const mean = latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length;
  const astray = scores.onAnotherScale();
  return [
    ...said(commas > 0, () => `${plural(commas, 'number')} with a decimal comma: 0,5 was read as 0.5.`),
    ...said(words.length > 0, () => `Scores in words: ${someOf(words, 12)}.`),
    ...said(
      astray.length > 0,
      () =>
        `All scores of ${someOf(astray)} lie within 0 to 1 on a scale that goes far beyond: were they on another scale already?`,
    ),
    ...said(
      latencies.length > 0 && !plan.latencyUnitKnown && mean >= 100,
      () =>
        `Latencies were read as seconds, and the mean is ${number(Math.round(mean))} s: if they are milliseconds, give --latency-unit ms.`,
    ),
  ];
}

function whatWasMerged({ plan, queries, counts, ids }: Done): string[] {
  const merged = queries.filter((query) => query.ids.size > 1);
  const rows = merged.reduce((sum, query) => sum + query.rows, 0);
  return [
    ...said(
      merged.length > 0,
      () =>
        `${rowsOf(plan, rows)} of ${plural(merged.length, 'query', 'queries')} were put together by their text, though their ids differ.`,
    ),
    ...said(
      ids.shared.length > 0,
      () =>
        `${plural(ids.shared.length, 'id stands', 'ids stand')} for queries of different text or task (${someOf(ids.shared)}): they stay apart, and got ids of their own.`,
    ),
    ...said(
      counts.repeated > 0,
      () =>
        `${plural(counts.repeated, 'outcome')} of a model on the same query as before, in ${rowsOf(plan, counts.rows)}: averaged.`,
    ),
  ];
}

function whatIsMissing({ plan, counts, queries, models }: Done): string[] {
  const scoreless = models.filter((model) => queries.every((query) => meanOf(query, model, 'score') === null));
  return [
    ...said(
      counts.unmeasured > 0,
      () =>
        `${plural(counts.unmeasured, 'outcome')} without a score, in ${rowsOf(plan, counts.rows)}: counted as not measured.`,
    ),
    ...said(scoreless.length > 0, () => `No score at all: ${someOf(scoreless)}.`),
  ];
}

/** Logs of production have one model per query: no two models can be compared on the same one. */
function productionLog({ queries, models }: Done): string[] {
  const single = queries.filter((query) => query.models.size === 1);
  if (single.length * 2 <= queries.length) return [];
  const scored = single.filter((query) =>
    [...query.models.keys()].some((model) => meanOf(query, model, 'score') !== null),
  );
  const share = single.length === queries.length ? 'each of its' : `${number(single.length)} of its`;
  const perModel = models.map((model) => {
    const own = queries.flatMap((query) => meanOf(query, model, 'score') ?? []);
    const mean = own.reduce((sum, score) => sum + score, 0) / own.length;
    return own.length === 0 ? `${model} none` : `${model} ${mean.toFixed(2)} on ${number(own.length)}`;
  });
  return [
    `This is a production log: ${share} ${number(queries.length)} queries was answered by one model, ${number(scored.length)} of ${number(single.length)} with a score. It tells how each model did on the queries it was given (mean scores: ${someOf(perModel, 8)}), not how it would have done on the others; who does better where can only be estimated, as far as queries were handed out without regard to how hard they are. To compare models outright, have all of them answer a sample of these queries, and import those answers as well.`,
  ];
}
