import { costSchema, latencySchema, NUMBER_BOUNDS, scoreSchema, tokensSchema, type z } from '@routeprofile/schema';
import { parsePythonLiteral } from '../python/literal.js';
import type { Plan } from './plan.js';
import { MEASURES, type Columns, type Measure } from './roles.js';
import { ScoreReader } from './scores.js';
import { formatTime } from './times.js';
import type { Cells } from './values.js';

type Field = 'score' | Measure;

/** What a number may be, in the unit that the dataset has it in; a file with others could not be loaded again. */
const BOUNDED: Readonly<Record<Field, { schema: z.ZodType<number>; smallest: number }>> = {
  score: { schema: scoreSchema, smallest: NUMBER_BOUNDS.score.smallest },
  cost: { schema: costSchema, smallest: NUMBER_BOUNDS.cost.smallest },
  latency: { schema: latencySchema, smallest: NUMBER_BOUNDS.latency.smallest },
  inputTokens: { schema: tokensSchema, smallest: NUMBER_BOUNDS.tokens.smallest },
  outputTokens: { schema: tokensSchema, smallest: NUMBER_BOUNDS.tokens.smallest },
  tokens: { schema: tokensSchema, smallest: NUMBER_BOUNDS.tokens.smallest },
};

interface Sum {
  total: number;
  count: number;
}

/** All rows of one query: the same text, task and split. */
export interface QueryOutcomes {
  /** Ids of its rows. */
  ids: Set<string>;
  /** Rows of the table that were put together here. */
  rows: number;
  query: string;
  task: string | null;
  split: string | null;
  answer: string | null;
  /** Its rows do not agree on the answer: the first is kept. */
  answersDiffer: boolean;
  /** Times of its first and last row, in milliseconds since 1970. */
  time: { first: number; last: number } | null;
  models: Map<string, Map<Field, Sum>>;
}

/** What was merged, left out or not there, counted while rows are gathered. */
export interface Counts {
  /** Rows of tables. */
  rows: number;
  /** Outcomes that were averaged into an earlier one. */
  repeated: number;
  /** Outcomes without a score. */
  unmeasured: number;
  /** Parts of messages that are not text. */
  omittedParts: number;
  /** Queries that parts were left out of. */
  omittedFrom: number;
  /** Values of a time column that are not a time. */
  unreadTimes: number;
}

/** Gathers the rows of one or several tables by query; several outcomes of one model on one query are averaged. */
export class OutcomeCollector {
  private readonly byKey = new Map<string, QueryOutcomes>();
  readonly counts: Counts = {
    rows: 0,
    repeated: 0,
    unmeasured: 0,
    omittedParts: 0,
    omittedFrom: 0,
    unreadTimes: 0,
  };

  /** @param timesRequired a time that cannot be read is a problem, not merely left out */
  constructor(
    private readonly scores: ScoreReader,
    private readonly timesRequired: boolean,
  ) {}

  add(cells: Cells, plan: Plan, defaultSplit: string | null): void {
    const { columns } = plan;
    this.counts.rows++;
    const read = this.queryText(cells, plan);
    const model = plan.models.length > 0 ? null : cells.name(columns.model, true);
    if (read === null || (plan.models.length === 0 && model === null)) return;
    if (read.omitted > 0) {
      this.counts.omittedParts += read.omitted;
      this.counts.omittedFrom++;
    }
    const row = this.rowOf(read.text, cells.name(columns.task), cells.text(columns.split)?.trim() ?? defaultSplit);
    row.rows++;
    const id = cells.text(columns.id)?.trim();
    if (id !== undefined && id !== '') row.ids.add(id);
    const answer = cells.text(columns.answer);
    if (row.answer !== null && answer !== null && answer !== row.answer) row.answersDiffer = true;
    row.answer ??= answer;
    this.addTime(row, cells, columns.time);
    if (model !== null) this.addOutcome(row, model, cells, columns, plan);
    else
      for (const name of plan.models)
        this.addOutcome(row, name, cells, { score: name, ...companions(plan, name) }, plan);
  }

  /** RouterBench stores a prompt as the Python list of its messages. */
  private queryText(cells: Cells, { format, columns }: Plan): { text: string; omitted: number } | null {
    const read = cells.query(columns.query!);
    if (read === null || format !== 'routerbench' || !/^\[\s*['"]/.test(read.text)) return read;
    try {
      const parts = parsePythonLiteral(read.text);
      return Array.isArray(parts) && parts.every((part) => typeof part === 'string')
        ? { ...read, text: parts.join('\n') }
        : read;
    } catch {
      // A prompt that merely begins like a list is a prompt all the same.
      return read;
    }
  }

  /** An id says nothing here: it may start again with each task, or be one of a call. */
  private rowOf(query: string, task: string | null, split: string | null): QueryOutcomes {
    // Blanks around a text make no other query of it.
    const key = JSON.stringify([split, task, query.trim()]);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const made: QueryOutcomes = {
      ...{ ids: new Set(), rows: 0, query, task, split },
      ...{ answer: null, answersDiffer: false, time: null, models: new Map() },
    };
    this.byKey.set(key, made);
    return made;
  }

  private addTime(row: QueryOutcomes, cells: Cells, column: string | undefined): void {
    const time = cells.time(column);
    if (typeof time === 'number')
      row.time = {
        first: Math.min(time, row.time?.first ?? time),
        last: Math.max(time, row.time?.last ?? time),
      };
    else if (this.timesRequired)
      cells.problem(
        column!,
        time === null
          ? 'is empty, expected a time'
          : `is ${cells.shown(column!)}, expected a time such as 2026-03-01T10:00:00Z or seconds since 1970`,
      );
    else if (time === undefined) this.counts.unreadTimes++;
  }

  private addOutcome(row: QueryOutcomes, model: string, cells: Cells, columns: Columns, { units, models }: Plan): void {
    const score = this.scores.read(cells, columns.score, model);
    if (score === null) this.counts.unmeasured++;
    const outcome = row.models.get(model) ?? new Map<Field, Sum>();
    let isRepeated = false;
    const put = (field: Field, column: string | undefined, value: number | null) => {
      if (value === null) return;
      const parsed = BOUNDED[field].schema.safeParse(value);
      if (!parsed.success) return void cells.problem(column!, parsed.error.issues[0]!.message);
      const sum = outcome.get(field) ?? { total: 0, count: 0 };
      isRepeated ||= sum.count > 0;
      sum.total += value;
      sum.count++;
      outcome.set(field, sum);
    };
    put('score', columns.score, score);
    for (const measure of MEASURES) {
      const value = cells.measure(columns[measure]);
      put(measure, columns[measure], value === null ? null : value / (units[measure] ?? 1));
    }
    if (isRepeated) this.counts.repeated++;
    // In a wide table an empty cell says nothing; in a long one somebody wrote a row.
    if (outcome.size > 0 || models.length === 0) row.models.set(model, outcome);
  }

  queries(): QueryOutcomes[] {
    return [...this.byKey.values()];
  }
}

/** The columns of a wide table that say more of a model. */
const companions = ({ suffixes }: Plan, model: string): Columns =>
  Object.fromEntries(Object.entries(suffixes).map(([measure, suffix]) => [measure, `${model}${suffix}`]));

/** A number of a query's model: the mean of its rows, null where none has it. */
export function meanOf(query: QueryOutcomes, model: string, field: Field): number | null {
  const sum = query.models.get(model)?.get(field);
  return sum === undefined ? null : mean(field, sum);
}

/** A mean may be smaller than what a file may hold: that is nothing. */
function mean(field: Field, { total, count }: Sum): number {
  const value = total / count;
  return Math.abs(value) < BOUNDED[field].smallest ? 0 : value;
}

/** Rows as `outcomes.jsonl` has them. */
export function* outcomeRows(
  queries: readonly QueryOutcomes[],
  ids: readonly string[],
): Generator<Record<string, unknown>> {
  for (const [i, query] of queries.entries()) {
    const { task, split, answer, time, models } = query;
    yield {
      id: ids[i]!,
      ...(task !== null && { task }),
      ...(split !== null && { split }),
      ...(time !== null && { time: formatTime(time.first) }),
      query: query.query,
      ...(answer !== null && { answer }),
      models: Object.fromEntries(
        [...models].map(([model, fields]) => [
          model,
          {
            score: null,
            ...Object.fromEntries([...fields].map(([field, sum]) => [field, mean(field, sum)])),
          },
        ]),
      ),
    };
  }
}
