import { mapOutcomes, type OutcomeValues, type QueryRecord, type TrajectoryStep } from '@routeprofile/schema';

const OUTCOME_FIELDS = ['score', 'cost', 'inputTokens', 'outputTokens', 'latency', 'propensity'] as const;
export type OutcomeField = (typeof OUTCOME_FIELDS)[number];
export type OutcomeNumbers = Partial<Record<OutcomeField, number | null>>;

/** A list of numbers in one typed array that grows by half when full: millions of outcomes cost 8 bytes each, or 4. */
class Column<T extends Float64Array | Int32Array> {
  private data: T;
  length = 0;

  constructor(private readonly create: (length: number) => T) {
    this.data = create(1024);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = this.create(Math.ceil(this.length * 1.5));
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  at(i: number): number {
    return this.data[i]!;
  }
}

export interface QueryRow {
  id: string;
  /** What a router sees. */
  text: string;
  /** The query without any template: what tells queries apart. */
  raw: string;
  task: string | null;
  split: string | null;
  step?: TrajectoryStep | undefined;
}

/**
 * Queries with the outcomes of some models, as read: compressed sparse rows, models numbered as they first appear.
 * Fields that a file does not have take no memory.
 */
export class OutcomeRows {
  readonly queries: QueryRow[] = [];
  readonly models: string[] = [];
  private readonly modelIndex = new Map<string, number>();
  private readonly starts = [0];
  /** Tasks and splits, of which there are few: each row holds the same string, not a copy of it. */
  private readonly labels = new Map<string, string>();
  private readonly cellModel = new Column((length) => new Int32Array(length));
  private readonly cells = new Map<OutcomeField, Column<Float64Array>>();

  get length(): number {
    return this.queries.length;
  }

  add(query: QueryRow, outcomes: Iterable<readonly [model: string, numbers: OutcomeNumbers]>): void {
    this.queries.push({ ...query, task: this.label(query.task), split: this.label(query.split) });
    for (const [model, numbers] of outcomes) {
      const at = this.cellModel.length;
      this.cellModel.push(this.modelNumber(model));
      for (const field of OUTCOME_FIELDS) this.put(field, at, numbers[field] ?? NaN);
    }
    this.starts.push(this.cellModel.length);
  }

  private label(text: string | null): string | null {
    if (text === null) return null;
    const known = this.labels.get(text);
    if (known === undefined) this.labels.set(text, text);
    return known ?? text;
  }

  private modelNumber(model: string): number {
    const known = this.modelIndex.get(model);
    if (known !== undefined) return known;
    this.modelIndex.set(model, this.models.length);
    return this.models.push(model) - 1;
  }

  private put(field: OutcomeField, at: number, value: number): void {
    let column = this.cells.get(field);
    if (column === undefined) {
      if (Number.isNaN(value)) return;
      column = new Column((length) => new Float64Array(length));
      this.cells.set(field, column);
    }
    while (column.length < at) column.push(NaN);
    column.push(value);
  }

  /** Calls `visit` for every measured number of a row's field. */
  forEachMeasured(row: number, field: OutcomeField, visit: (model: number, value: number) => void): void {
    const column = this.cells.get(field);
    if (column === undefined) return;
    const end = Math.min(this.starts[row + 1]!, column.length);
    for (let cell = this.starts[row]!; cell < end; cell++) {
      const value = column.at(cell);
      if (!Number.isNaN(value)) visit(this.cellModel.at(cell), value);
    }
  }

  /** Rows with a score, a number per model. */
  coverage(rows: readonly number[]): Int32Array {
    const counts = new Int32Array(this.models.length);
    for (const row of rows) this.forEachMeasured(row, 'score', (model) => counts[model]!++);
    return counts;
  }

  /**
   * [groups × models] means over each group's rows; NaN where nothing was measured.
   * @param groups rows that count as one query
   */
  values(groups: readonly (readonly number[])[], models: readonly string[]): OutcomeValues {
    const columnOf = new Int32Array(this.models.length).fill(-1);
    models.forEach((model, column) => {
      const number = this.modelIndex.get(model);
      if (number !== undefined) columnOf[number] = column;
    });
    const mean = (field: OutcomeField): Float64Array => {
      const out = new Float64Array(groups.length * models.length).fill(NaN);
      const counts = new Int32Array(models.length);
      groups.forEach((rows, group) => {
        counts.fill(0);
        for (const row of rows)
          this.forEachMeasured(row, field, (model, value) => {
            const column = columnOf[model]!;
            if (column === -1) return;
            const at = group * models.length + column;
            out[at] = counts[column]!++ === 0 ? value : out[at]! + value;
          });
        counts.forEach((count, column) => {
          if (count > 1) out[group * models.length + column]! /= count;
        });
      });
      return out;
    };
    return {
      score: mean('score'),
      cost: mean('cost'),
      inputTokens: mean('inputTokens'),
      outputTokens: mean('outputTokens'),
      latency: mean('latency'),
      ...(this.cells.has('propensity') && { propensity: mean('propensity') }),
    };
  }

  /** The same outcomes with rows put together: a group keeps its first row's query, and each model's mean of every field. */
  regrouped(groups: readonly (readonly number[])[]): OutcomeRows {
    const out = new OutcomeRows();
    for (const group of groups) {
      const means = new Map<number, Map<OutcomeField, { sum: number; count: number }>>();
      for (const row of group)
        for (const field of OUTCOME_FIELDS)
          this.forEachMeasured(row, field, (model, value) => {
            const fields = means.get(model) ?? new Map<OutcomeField, { sum: number; count: number }>();
            means.set(model, fields);
            const { sum, count } = fields.get(field) ?? { sum: 0, count: 0 };
            fields.set(field, { sum: sum + value, count: count + 1 });
          });
      out.add(
        this.queries[group[0]!]!,
        [...means].map(([model, fields]) => [
          this.models[model]!,
          Object.fromEntries([...fields].map(([field, { sum, count }]) => [field, sum / count])),
        ]),
      );
    }
    return out;
  }

  record(row: number): QueryRecord {
    const { id, text, task, step } = this.queries[row]!;
    return { id, text, task, ...(step && { step }) };
  }
}

/** Rows of the same text and task, in order of first appearance. */
export function groupByQuery(rows: OutcomeRows, indices: readonly number[]): number[][] {
  // Keyed by the texts themselves: putting task and text together would copy every text.
  const byTask = new Map<string | null, Map<string, number[]>>();
  const groups: number[][] = [];
  for (const row of indices) {
    const { raw, task } = rows.queries[row]!;
    const byText = byTask.get(task) ?? new Map<string, number[]>();
    byTask.set(task, byText);
    const known = byText.get(raw);
    if (known !== undefined) {
      known.push(row);
      continue;
    }
    const group = [row];
    byText.set(raw, group);
    groups.push(group);
  }
  return groups;
}

/** The same values, with nothing measured of some models. */
export function withoutModels(
  values: OutcomeValues,
  models: readonly string[],
  hidden: ReadonlySet<string>,
): OutcomeValues {
  if (hidden.size === 0) return values;
  const mask = (column: Float64Array) => column.map((x, k) => (hidden.has(models[k % models.length]!) ? NaN : x));
  return mapOutcomes(values, mask);
}
