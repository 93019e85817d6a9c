import type { Problems } from '../disk/problems.js';
import { parsePythonLiteral } from '../python/literal.js';
import type { Columns, Measure, Plan } from './options.js';
import type { TableRecord } from './records.js';
import { Cells } from './values.js';

type Field = 'score' | Measure;
const MEASURES: readonly Measure[] = ['cost', 'inputTokens', 'outputTokens', 'tokens', 'latency'];

interface Sum {
  total: number;
  count: number;
}

interface QueryOutcomes {
  id: string | null;
  query: string;
  task: string | null;
  split: string | null;
  answer: string | null;
  models: Map<string, Map<Field, Sum>>;
}

/** Gathers the rows of one or several tables by query; several outcomes of one model on one query are averaged. */
export class OutcomeCollector {
  private readonly queries = new Map<string, QueryOutcomes>();
  /** Outcomes that were averaged into an earlier one. */
  repeated = 0;
  /** Rows without a score: not measured. */
  unmeasured = 0;

  constructor(
    private readonly problems: Problems,
    private readonly scoreScale: number,
  ) {}

  add({ place, fields }: TableRecord, plan: Plan, defaultSplit: string | null): void {
    const { columns } = plan;
    const cells = new Cells(this.problems, place, fields);
    const query = this.queryText(cells, plan);
    if (query === null) return cells.missing(columns.query!);
    const row = this.rowOf({
      id: cells.text(columns.id),
      query,
      task: cells.name(columns.task),
      split: cells.text(columns.split)?.trim() ?? defaultSplit,
      answer: cells.text(columns.answer),
    });
    if (plan.models.length > 0) {
      for (const model of plan.models) this.addOutcome(row, model, cells, { score: model, ...companions(plan, model) });
      return;
    }
    const model = cells.name(columns.model);
    if (model === null) cells.missing(columns.model!);
    else this.addOutcome(row, model, cells, columns);
  }

  /** RouterBench stores a prompt as the Python list of its messages. */
  private queryText(cells: Cells, { format, columns }: Plan): string | null {
    const text = cells.text(columns.query);
    if (text === null || text.trim() === '') return null;
    if (format !== 'routerbench' || !/^\[\s*['"]/.test(text)) return text;
    try {
      const parts = parsePythonLiteral(text);
      return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts.join('\n') : text;
    } catch {
      // A prompt that merely begins like a list is a prompt all the same.
      return text;
    }
  }

  private rowOf(row: Omit<QueryOutcomes, 'models'>): QueryOutcomes {
    const key = JSON.stringify(row.id === null ? [row.split, row.task, row.query] : [row.split, row.id]);
    const known = this.queries.get(key);
    if (known !== undefined) return known;
    const made = { ...row, models: new Map<string, Map<Field, Sum>>() };
    this.queries.set(key, made);
    return made;
  }

  private addOutcome(row: QueryOutcomes, model: string, cells: Cells, columns: Columns): void {
    const score = cells.number(columns.score);
    // In a wide table an empty cell says nothing; in a long one somebody wrote a row.
    if (score === null && columns.model !== undefined) this.unmeasured++;
    const outcome = row.models.get(model) ?? new Map<Field, Sum>();
    const put = (field: Field, value: number | null) => {
      if (value === null) return;
      const sum = outcome.get(field) ?? { total: 0, count: 0 };
      if (field === 'score' && sum.count > 0) this.repeated++;
      sum.total += value;
      sum.count++;
      outcome.set(field, sum);
    };
    put('score', score === null ? null : score / this.scoreScale);
    for (const measure of MEASURES) put(measure, cells.number(columns[measure], 0));
    if (outcome.size > 0) row.models.set(model, outcome);
  }

  get rows(): number {
    return this.queries.size;
  }

  models(): string[] {
    return [...new Set([...this.queries.values()].flatMap((row) => [...row.models.keys()]))];
  }

  tasks(): string[] {
    return [...new Set([...this.queries.values()].flatMap((row) => row.task ?? []))];
  }

  /** Rows as `outcomes.jsonl` has them. Rows of tables without ids are numbered; an id that two splits share gets its split. */
  *outcomes(): Generator<Record<string, unknown>> {
    const seen = new Set<string>();
    let number = 0;
    for (const { id, query, task, split, answer, models } of this.queries.values()) {
      number++;
      let unique = id ?? `q${number}`;
      while (seen.has(unique)) unique = `${split ?? 'row'}:${unique}:${number}`;
      seen.add(unique);
      yield {
        id: unique,
        ...(task !== null && { task }),
        ...(split !== null && { split }),
        query,
        ...(answer !== null && { answer }),
        models: Object.fromEntries([...models].map(([model, fields]) => [model, outcomeOf(fields)])),
      };
    }
  }
}

/** The columns of a wide table that say more of a model. */
const companions = ({ suffixes }: Plan, model: string): Columns =>
  Object.fromEntries(Object.entries(suffixes).map(([measure, suffix]) => [measure, `${model}${suffix}`]));

const outcomeOf = (fields: ReadonlyMap<Field, Sum>): Record<string, number | null> => ({
  score: null,
  ...Object.fromEntries([...fields].map(([field, { total, count }]) => [field, total / count])),
});
