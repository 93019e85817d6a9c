import {
  CARD_SPELLINGS,
  inOurUnit,
  modelCardFileSchema,
  modelCardsFileSchema,
  OUTCOME_SPELLINGS,
  spellingIssues,
  z,
  type ModelCardFile,
  type Outcome,
  type OutcomeRow,
  type Spelling,
} from '@routeprofile/schema';
import { isJudge } from './judge.js';
import type { OutcomeNumbers } from './rows.js';
import { plural } from './text.js';

/**
 * What an outcome row may say beside its outcomes. `formatted_query` is read with the stored prompts, `answer` by people and graders,
 * `time` when logs are imported.
 */
const ROW_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'task',
  'split',
  'query',
  'trajectoryStep',
  'models',
  'answer',
  'time',
  'formatted_query',
]);
const OUTCOME_FIELDS: ReadonlySet<string> = new Set([
  'score',
  'cost',
  'inputTokens',
  'outputTokens',
  'latency',
  'propensity',
  'source',
  'samples',
]);
const CARD_FIELDS: ReadonlySet<string> = new Set(Object.keys(modelCardFileSchema.shape));

interface Seen {
  /** Where the field stands, such as `outcome`. */
  what: string;
  count: number;
}

/** Fields of a file that were read under another name, or that nothing reads, with how often. */
export class FieldLog {
  private readonly respelled = new Map<string, Seen & Spelling>();
  private readonly unread = new Map<string, Seen>();
  /** Scores given by a language model, by its name. */
  private readonly judged = new Map<string, number>();

  /**
   * A record with fields under other names put under ours; what nothing reads is left as it is.
   * @param what what the record is, such as `outcome`
   */
  put<T extends Record<string, unknown>>(
    record: T,
    what: string,
    known: ReadonlySet<string>,
    names: ReadonlyMap<string, Spelling> = new Map(),
  ): T {
    let out: Record<string, unknown> | undefined;
    for (const name of Object.keys(record)) {
      if (known.has(name)) continue;
      const spelling = names.get(name);
      if (spelling === undefined) this.count(this.unread, name, { what });
      else if (((out ?? record)[spelling.field] ?? null) !== null)
        this.count(this.unread, `${name} beside ${spelling.field}`, { what });
      else if (record[name] !== null) {
        out ??= { ...record };
        out[spelling.field] = inOurUnit(record[name], spelling);
        this.count(this.respelled, name, { what, ...spelling });
      }
    }
    return (out ?? record) as T;
  }

  /** Notes who gave a score. */
  scoredBy(source: string): void {
    if (isJudge(source)) this.judged.set(source, (this.judged.get(source) ?? 0) + 1);
  }

  private count<T extends object>(counts: Map<string, T & Seen>, name: string, seen: T & { what: string }): void {
    const known = counts.get(name);
    if (known === undefined) counts.set(name, { ...seen, count: 1 });
    else known.count++;
  }

  /** @param file how messages name the file */
  warnings(file: string): string[] {
    const times = ({ count, what }: Seen, more = '') => `(${plural(count, what)}${more})`;
    const respelled = [...this.respelled].map(
      ([name, seen]) => `${name} as ${seen.field} ${times(seen, seen.factor === 1 ? '' : `, times ${seen.factor}`)}`,
    );
    const unread = [...this.unread].map(([name, seen]) => `${name} ${times(seen)}`);
    const judges = [...this.judged];
    return [
      ...(judges.length === 0
        ? []
        : [
            `${file}: ${plural(
              judges.reduce((sum, [, count]) => sum + count, 0),
              'score was given by a language model',
              'scores were given by a language model',
            )} (${judges.map(([name, count]) => `${name}: ${count.toLocaleString('en-US')}`).join(', ')}), not measured: what is compared is what that judge likes.`,
          ]),
      ...(respelled.length === 0 ? [] : [`${file}: read under other names: ${respelled.join(', ')}.`]),
      ...(unread.length === 0 ? [] : [`${file}: fields that nothing reads: ${unread.join(', ')}.`]),
    ];
  }
}

/** Notes what nothing reads of a row itself. */
export const rowFields = (log: FieldLog, row: OutcomeRow): void => void log.put(row, 'row', ROW_FIELDS);

/** An outcome's numbers in our fields and units. */
export function outcomeNumbers(log: FieldLog, outcome: Outcome): OutcomeNumbers {
  if (outcome.score !== null && outcome.source) log.scoredBy(outcome.source);
  return log.put(outcome, 'outcome', OUTCOME_FIELDS, OUTCOME_SPELLINGS);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of `models.json`: cards, with fields under other names put under ours. */
export const cardsSchema = (log: FieldLog): z.ZodType<Record<string, ModelCardFile>> =>
  z
    .unknown()
    .transform((file, context) => {
      if (!isRecord(file)) return file;
      const cards = Object.entries(file).map(([model, card]) => {
        if (!isRecord(card)) return [model, card];
        for (const issue of spellingIssues(card, CARD_SPELLINGS, modelCardFileSchema.shape))
          context.addIssue({ ...issue, path: [model, ...(issue.path ?? [])] });
        return [model, log.put(card, 'model', CARD_FIELDS, CARD_SPELLINGS)];
      });
      return Object.fromEntries(cards) as unknown;
    })
    .pipe(modelCardsFileSchema);
