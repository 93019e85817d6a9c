import { join } from 'node:path';
import { writeFilesAtomic } from '@routeprofile/data';
import { inputTokens } from '@routeprofile/providers';
import type { Grade, GradedComparison, ModelCardFile, Outcome, OutcomeRow, PromptItem } from '@routeprofile/schema';
import type { NoAnswer } from '../ask/asker.js';
import type { PaidModel } from '../ask/models.js';
import type { Answered } from '../journal/lines.js';

/** What came of one item and one candidate that was asked. */
export interface Result {
  item: number;
  candidate: number;
  answer?: Answered | undefined;
  failed?: NoAnswer | undefined;
  grade?: Grade | undefined;
  grader?: string | undefined;
  /** Whose opinion the score is. */
  source?: string | undefined;
}

/** What one candidate did. */
export interface ModelSummary {
  model: string;
  answered: number;
  /** Answers that have a score. */
  scored: number;
  /** From 0 to 1; null without one. */
  meanScore: number | null;
  /** Dollars per call; null without a price. */
  meanCost: number | null;
  /** Seconds. */
  meanLatency: number | null;
  /** Tokens per call. */
  meanInputTokens: number | null;
  meanOutputTokens: number | null;
  /** Answers that the token limit ended. */
  truncated: number;
  /** Calls without an answer, by why. */
  failures: Readonly<Partial<Record<NoAnswer, number>>>;
}

/** A line of `grades.jsonl`. */
export interface GradeLine {
  id: string;
  model: string;
  grader: string;
  score: number | null;
  reason?: string;
  comparisons?: GradedComparison[];
}

function meanOrNull(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Results by candidate, in the order of the candidates. */
export function summaries(candidates: readonly PaidModel[], results: readonly Result[]): ModelSummary[] {
  return candidates.map(({ id: model }, candidate) => {
    const own = results.filter((result) => result.candidate === candidate);
    const answers = own.flatMap(({ answer }) => (answer ? [answer] : []));
    const scores = own.map(({ grade }) => grade?.score);
    const failures: Partial<Record<NoAnswer, number>> = {};
    for (const { failed } of own) if (failed !== undefined) failures[failed] = (failures[failed] ?? 0) + 1;
    return {
      model,
      answered: answers.length,
      scored: scores.filter((score) => score !== null && score !== undefined).length,
      meanScore: meanOrNull(scores),
      meanCost: meanOrNull(answers.map(({ cost }) => cost)),
      meanLatency: meanOrNull(answers.map(({ latency }) => latency)),
      meanInputTokens: meanOrNull(answers.map(({ usage }) => inputTokens(usage))),
      meanOutputTokens: meanOrNull(answers.map(({ usage }) => usage.output)),
      truncated: answers.filter(({ truncated }) => truncated).length,
      failures,
    };
  });
}

function outcomeOf({ answer, failed, grade, source }: Result): Outcome | undefined {
  if (answer)
    return {
      score: grade?.score ?? null,
      ...(answer.cost !== null && { cost: answer.cost }),
      inputTokens: inputTokens(answer.usage),
      outputTokens: answer.usage.output,
      ...(answer.latency !== null && { latency: answer.latency }),
      ...(source !== undefined && { source }),
    };
  // What was not asked is not in the file; what failed is, so that nobody takes it for not asked.
  if (failed === undefined || failed === 'over-budget' || failed === 'given-up') return undefined;
  return { score: null, failure: failed };
}

/**
 * Rows of `outcomes.jsonl`: every item of which a model was asked, in the order of the prompts. Where a line names its models, or what
 * a log has measured, their propensity is 1: an import with `append` then counts them as asked on purpose.
 */
export function outcomeRows(
  items: readonly PromptItem[],
  candidates: readonly PaidModel[],
  results: readonly Result[],
): OutcomeRow[] {
  const models = items.map(({ measured = [] }): Record<string, Outcome> =>
    Object.fromEntries(measured.map((name) => [name, { score: null, propensity: 1 }])),
  );
  for (const result of results) {
    const outcome = outcomeOf(result);
    const onPurpose = items[result.item]!.models !== undefined;
    if (outcome)
      models[result.item]![candidates[result.candidate]!.id] = { ...outcome, ...(onPurpose && { propensity: 1 }) };
  }
  return items.flatMap(({ measured: _, ...item }, i) =>
    Object.keys(models[i]!).length === 0 ? [] : [{ ...item, models: models[i]! }],
  );
}

export function gradeLines(
  items: readonly PromptItem[],
  candidates: readonly PaidModel[],
  results: readonly Result[],
): GradeLine[] {
  return results.flatMap(({ item, candidate, grade, grader = '' }) => {
    if (!grade) return [];
    const { score, reason, comparisons } = grade;
    const line = { id: items[item]!.id, model: candidates[candidate]!.id, grader, score };
    return [{ ...line, ...(reason !== undefined && { reason }), ...(comparisons && { comparisons }) }];
  });
}

/** What a dataset of outcomes says of its models. */
export const cardsOf = (
  candidates: readonly PaidModel[],
  given: Readonly<Record<string, { description?: string | undefined; family?: string | undefined }>>,
): Record<string, ModelCardFile> =>
  Object.fromEntries(
    candidates.map(({ id, called, price, maxOutputTokens }) => [
      id,
      {
        feature: given[id]?.description ?? `${id}, which is ${called}.`,
        ...(given[id]?.family !== undefined && { architecture: given[id].family }),
        detailed_scores: {},
        ...(price && { input_price: price.input, output_price: price.output }),
        ...(price?.cachedInput !== undefined && { cached_input_price: price.cachedInput }),
        ...(price?.cacheWrite !== undefined && { cache_write_price: price.cacheWrite }),
        model: called,
        params: { maxOutputTokens },
      },
    ]),
  );

const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Writes a dataset folder that `run` reads, and the grades with their reasons. All files appear at once. */
export async function writeResults(
  out: string,
  files: {
    rows: readonly OutcomeRow[];
    grades: readonly GradeLine[];
    cards: Readonly<Record<string, ModelCardFile>>;
    meta: object;
    summary: object;
  },
): Promise<void> {
  const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await writeFilesAtomic([
    [join(out, 'outcomes.jsonl'), jsonLines(files.rows)],
    [join(out, 'grades.jsonl'), jsonLines(files.grades)],
    [join(out, 'models.json'), pretty(files.cards)],
    [join(out, 'meta.json'), pretty(files.meta)],
    [join(out, 'summary.json'), pretty(files.summary)],
  ]);
}
