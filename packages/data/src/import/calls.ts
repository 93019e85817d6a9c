import {
  costSchema,
  latencySchema,
  NUMBER_BOUNDS,
  propensitySchema,
  queryTextOf,
  scoreSchema,
  tokensSchema,
  type TrajectoryStep,
  type z,
} from '@routeprofile/schema';
import { isFields, unpacked } from './paths.js';
import type { Plan } from './plan.js';
import type { PresetCall } from './presets/preset.js';
import { readQueryCell } from './query-cell.js';
import { MEASURES, type Columns, type Measure } from './roles.js';
import type { ScoreReader } from './scores.js';
import { Systems } from './systems.js';
import type { Cells } from './values.js';

/** What is kept of an outcome. `raw` is a score on the scale of its source, which is settled when all are read. */
export type Field = 'score' | 'raw' | Measure;

/** What a number may be, in the unit that the dataset has it in; a file with others could not be loaded again. */
export const BOUNDED: Readonly<Record<Field, { schema: z.ZodType<number>; smallest: number }>> = {
  score: { schema: scoreSchema, smallest: NUMBER_BOUNDS.score.smallest },
  raw: { schema: scoreSchema, smallest: NUMBER_BOUNDS.score.smallest },
  cost: { schema: costSchema, smallest: NUMBER_BOUNDS.cost.smallest },
  latency: { schema: latencySchema, smallest: NUMBER_BOUNDS.latency.smallest },
  inputTokens: { schema: tokensSchema, smallest: NUMBER_BOUNDS.tokens.smallest },
  outputTokens: { schema: tokensSchema, smallest: NUMBER_BOUNDS.tokens.smallest },
  tokens: { schema: tokensSchema, smallest: NUMBER_BOUNDS.tokens.smallest },
  propensity: { schema: propensitySchema, smallest: NUMBER_BOUNDS.propensity.smallest },
};

/** What one record says: one query, and what one model, or several, did with it. */
export interface Call {
  query: string;
  task: string | null;
  split: string | null;
  id: string | null;
  answer: string | null;
  /** Milliseconds since 1970. */
  time: number | null;
  outcomes: [model: string, numbers: Partial<Record<Field, number>>, source?: string][];
  /** All that was asked, where it is more than the query. */
  whole?: string;
  /** Which way of running the model it was, of `Systems`. */
  system?: number;
  /** What the model is called where its name stands for several. */
  label?: string;
  /** Where the query stands in a trajectory. */
  step?: TrajectoryStep;
  /** The id is that of a question, which the call shares with those of other models; otherwise it may be the call's own. */
  isQuestionId?: boolean;
}

/** What a preset says of a call beside its fields. */
export interface Asked extends Pick<PresetCall, 'whole' | 'system' | 'label' | 'step'> {
  isQuestionId: boolean;
}

/** What was left out or not there, counted while records are read. */
export interface Counts {
  /** Records, or rows of a table. */
  rows: number;
  /** Outcomes without a score. */
  unmeasured: number;
  /** Parts of messages that are not text. */
  omittedParts: number;
  /** Queries that parts were left out of. */
  omittedFrom: number;
  /** Values of a time column that are not a time. */
  unreadTimes: number;
  /** Values that are NaN or infinite, by column. */
  notNumbers: Map<string, number>;
}

/** Where a record lies. */
export interface Place {
  /** Split of records that name none. */
  split: string | null;
  file: string;
}

/** Turns records into calls; what is wrong with one becomes a problem. */
export class CallReader {
  readonly counts: Counts = {
    rows: 0,
    unmeasured: 0,
    omittedParts: 0,
    omittedFrom: 0,
    unreadTimes: 0,
    notNumbers: new Map(),
  };
  /** In order of first appearance. */
  readonly models = new Set<string>();
  readonly tasks = new Set<string>();
  readonly systems = new Systems();
  scored = 0;
  private readonly ofModels = new Map<Plan, ReadonlyMap<string, Columns>>();

  /** @param timesRequired a time that cannot be read is a problem, not merely left out */
  constructor(
    private readonly scores: ScoreReader,
    private readonly timesRequired: boolean,
  ) {}

  /** Null where the record names no query or no model. */
  read(cells: Cells, plan: Plan, place: Place, asked?: Asked): Call | null {
    const { columns } = plan;
    this.counts.rows++;
    const read = cells.query(columns.query!);
    const model = plan.models.length > 0 ? null : cells.name(columns.model, true);
    if (read === null || (plan.models.length === 0 && model === null)) return null;
    if (read.omitted > 0) {
      this.counts.omittedParts += read.omitted;
      this.counts.omittedFrom++;
    }
    const id = cells.text(columns.id)?.trim();
    const call: Call = {
      query: read.text,
      task: cells.name(columns.task),
      split: cells.text(columns.split)?.trim() ?? place.split,
      id: id === undefined || id === '' ? null : id,
      answer: cells.text(columns.answer),
      time: this.timeOf(cells, columns.time),
      outcomes: [],
      ...(asked !== undefined && this.askedOf(asked, read.text, place)),
    };
    if (model !== null && asked?.label !== undefined) {
      call.label = asked.label;
      this.systems.see(model, asked.label);
    }
    if (call.task !== null) this.tasks.add(call.task);
    if (model !== null) this.addOutcome(call, model, cells, columns, plan, place);
    else for (const [name, own] of this.columnsByModel(plan)) this.addOutcome(call, name, cells, own, plan, place);
    for (const column of cells.notNumbers)
      this.counts.notNumbers.set(column, (this.counts.notNumbers.get(column) ?? 0) + 1);
    return call;
  }

  /** Wide tables: the columns of each model, put together once per table. */
  private columnsByModel(plan: Plan): ReadonlyMap<string, Columns> {
    let known = this.ofModels.get(plan);
    if (known === undefined) {
      known = new Map(plan.models.map((name) => [name, { score: name, ...companions(plan, name) }]));
      this.ofModels.set(plan, known);
    }
    return known;
  }

  private askedOf(
    { whole, system, step, isQuestionId }: Asked,
    query: string,
    { file }: Place,
  ): Pick<Call, 'whole' | 'system' | 'step' | 'isQuestionId'> {
    const text = textOf(whole);
    return {
      system: this.systems.numberOf(file, isQuestionId, system),
      ...(text !== undefined && text.trim() !== query.trim() && { whole: text }),
      ...(step !== undefined && { step }),
      ...(isQuestionId && { isQuestionId }),
    };
  }

  private timeOf(cells: Cells, column: string | undefined): number | null {
    const time = cells.time(column);
    if (typeof time === 'number') return time;
    if (this.timesRequired)
      cells.problem(
        column!,
        time === null
          ? 'is empty, expected a time'
          : `is ${cells.shown(column!)}, expected a time such as 2026-03-01T10:00:00Z or seconds since 1970`,
      );
    else if (time === undefined) this.counts.unreadTimes++;
    return null;
  }

  private addOutcome(
    call: Call,
    model: string,
    cells: Cells,
    columns: Columns,
    { units, models }: Plan,
    { file }: Place,
  ): void {
    const said = cells.text(columns.source)?.trim() ?? '';
    const score = this.scores.read(cells, columns.score, call.task, { model, file, source: said || 'no named source' });
    if (score === null) this.counts.unmeasured++;
    else this.scored++;
    const numbers: Partial<Record<Field, number>> = {};
    const put = (field: Field, column: string | undefined, value: number | null) => {
      if (value === null) return;
      const parsed = BOUNDED[field].schema.safeParse(value);
      if (parsed.success) numbers[field] = value;
      else cells.problem(column!, parsed.error.issues[0]!.message);
    };
    if (score !== null) put(score.onUnit ? 'score' : 'raw', columns.score, score.value);
    for (const measure of MEASURES) {
      const column = columns[measure];
      put(measure, column, measure === 'propensity' ? cells.chance(column) : cells.measure(column, units[measure]));
    }
    if (numbers.latency === undefined) put('latency', columns.latency, this.between(cells, columns));
    // In a wide table an empty cell says nothing; in a long one somebody wrote a row.
    if (Object.keys(numbers).length === 0 && models.length > 0) return;
    // Who gave a score that is not there says nothing.
    const source = score === null ? '' : said;
    call.outcomes.push(source === '' ? [model, numbers] : [model, numbers, source]);
    this.models.add(model);
  }

  /** Seconds from the start of a call to its end, where both are known. */
  private between(cells: Cells, columns: Columns): number | null {
    if (columns.endTime === undefined) return null;
    const [start, end] = [cells.time(columns.time), cells.time(columns.endTime)];
    return typeof start === 'number' && typeof end === 'number' && end >= start ? (end - start) / 1000 : null;
  }
}

/** All that was asked, as text: of messages those of everybody, and of a structure without a user's text what is written there. */
function textOf(whole: unknown): string | undefined {
  const inside = unpacked(whole);
  const texts = (Array.isArray(inside) ? (inside as unknown[]) : []).map((message) =>
    isFields(message) && typeof message['role'] === 'string'
      ? queryTextOf({ ...message, role: 'user' })?.text
      : undefined,
  );
  if (texts.length > 0 && texts.every((text) => text !== undefined)) return texts.join('\n\n');
  return readQueryCell(whole)?.text ?? (isFields(inside) || Array.isArray(inside) ? JSON.stringify(inside) : undefined);
}

/** The columns of a wide table that say more of a model. */
const companions = ({ suffixes }: Plan, model: string): Columns =>
  Object.fromEntries(Object.entries(suffixes).map(([measure, suffix]) => [measure, `${model}${suffix}`]));
