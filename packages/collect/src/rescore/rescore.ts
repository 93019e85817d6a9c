import { RouteProfileError, throwIfAborted, type RoutingRow, type RunContext } from '@routeprofile/schema';
import { resolveMetric, type ResponseMetric } from '../grading/names.js';
import { METRIC_RULES, type RuleSet } from '../grading/rules.js';
import { scoreResponse } from '../grading/score.js';
import { runCodeTasks, type RunAllOptions } from '../sandbox/run-all.js';
import type { CodeSandbox, CodeTask } from '../sandbox/sandbox.js';
import { codeProblem, codeTask, type CodeProblem } from '../sandbox/tasks.js';
import { auditOf, type KeptReason, type LabelRecord, type RescoreAudit } from './audit.js';

/** By which rules, on which tasks, and whether programs are run. */
export interface RescoreOptions extends RunAllOptions {
  /** `published` (default) reproduces the published labels; `repaired` scores as the metrics should have. */
  rules?: RuleSet;
  /** Only these tasks; the others keep their labels. */
  tasks?: readonly string[];
  /** Opens what the programs of code rows are run in, once and only if there are any; without it those rows keep their labels. */
  openSandbox?: () => Promise<CodeSandbox>;
}

/** Rows with new labels, and the audit of what changed. */
export interface Rescored {
  /** The same rows in the same order; only `task_performance` differs. Rows without a change are the ones handed in. */
  rows: RoutingRow[];
  audit: RescoreAudit;
}

type Entry = RoutingRow['model_performance'][string];
type Judgement = { score: number } | { kept: KeptReason } | { program: CodeTask };

/** How the responses to one row are judged. */
function judgeOf(row: RoutingRow, metric: ResponseMetric | null, options: RescoreOptions): (entry: Entry) => Judgement {
  const rules = options.rules ?? 'published';
  const keep = (kept: KeptReason) => () => ({ kept });
  if (options.tasks?.includes(row.task_name) === false) return keep('not-selected');
  if (metric === null) return keep('no-metric');
  let problem: CodeProblem | null = null;
  if (metric === 'code_eval') {
    if (options.openSandbox === undefined) return keep('code-not-run');
    problem = codeProblem(row.query, row.ground_truth);
    if (problem === null) return keep('no-tests');
  }
  if (metric === 'commongen_coverage' && rules === 'published') return keep('no-formula');
  const truths = truthsOf(row.ground_truth);
  return ({ response, success }) => {
    if (success === false) return { kept: 'failed-call' };
    if (response === null || response === undefined) return { kept: 'no-response' };
    if (problem !== null) return { program: codeTask(problem, response) };
    // `code_eval` without a problem has returned above.
    const score = metric === 'code_eval' ? null : scoreResponse(metric, response, truths, METRIC_RULES[rules]);
    return score === null ? { kept: 'no-truth' } : { score };
  };
}

function truthsOf(truth: RoutingRow['ground_truth']): string[] {
  const values: readonly unknown[] = Array.isArray(truth) ? truth : [truth];
  return values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
}

function metricOf(row: RoutingRow, at: number, rules: RuleSet): ResponseMetric | null {
  if (row.metric === null || row.metric === undefined || row.metric === '') return null;
  try {
    return resolveMetric(row.metric, row.task_name, METRIC_RULES[rules]);
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    throw new RouteProfileError(error.code, `row ${at + 1}, task ${row.task_name}: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
}

function checkTasks(rows: readonly RoutingRow[], tasks: readonly string[]): void {
  const known = new Set(rows.map((row) => row.task_name));
  const unknown = tasks.filter((task) => !known.has(task));
  if (unknown.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `no row is of task ${unknown.join(', ')}`, {
      hint: `Tasks of these rows: ${[...known].join(', ')}.`,
    });
}

/**
 * Computes the labels (`task_performance`) of routing rows anew from the stored responses. Nothing is run without a sandbox. A label
 * that cannot be computed stays as it is, and the audit says why.
 * @throws RouteProfileError UNKNOWN_NAME for a metric or a task that nothing answers to; ABORTED; whatever `openSandbox` throws.
 */
export async function rescoreRows(
  rows: readonly RoutingRow[],
  options: RescoreOptions = {},
  ctx?: Pick<RunContext, 'signal' | 'onProgress'>,
): Promise<Rescored> {
  const rules = options.rules ?? 'published';
  checkTasks(rows, options.tasks ?? []);
  const records: LabelRecord[] = [];
  const programs: CodeTask[] = [];
  const ofPrograms: LabelRecord[] = [];
  for (const [at, row] of rows.entries()) {
    throwIfAborted(ctx);
    const judge = judgeOf(row, metricOf(row, at, rules), options);
    for (const [model, entry] of Object.entries(row.model_performance)) {
      const before = entry.task_performance ?? null;
      const judgement = judge(entry);
      const record: LabelRecord = {
        task: row.task_name,
        model,
        metric: row.metric ?? null,
        before,
        after: 'score' in judgement ? judgement.score : before,
        kept: 'kept' in judgement ? judgement.kept : null,
      };
      records.push(record);
      if ('program' in judgement) {
        programs.push(judgement.program);
        ofPrograms.push(record);
      }
    }
  }
  const sandbox = programs.length > 0 ? await options.openSandbox?.() : undefined;
  if (sandbox !== undefined) {
    const results = await runCodeTasks(sandbox, programs, options, ctx);
    results.forEach(({ verdict }, i) => {
      const record = ofPrograms[i]!;
      record.verdict = verdict;
      if (verdict === 'bad-tests') record.kept = 'no-tests';
      else record.after = verdict === 'pass' ? 1 : 0;
    });
  }
  return {
    rows: withLabels(rows, records),
    audit: auditOf(records, { rules, sandbox: sandbox?.how ?? null }),
  };
}

/** @param records one an entry, in the order of rows and entries */
function withLabels(rows: readonly RoutingRow[], records: readonly LabelRecord[]): RoutingRow[] {
  let at = 0;
  return rows.map((row) => {
    let changed = false;
    const entries = Object.entries(row.model_performance).map(([model, entry]) => {
      const { before, after } = records[at++]!;
      if (after === before) return [model, entry] as const;
      changed = true;
      return [model, { ...entry, task_performance: after }] as const;
    });
    return changed ? { ...row, model_performance: Object.fromEntries(entries) } : row;
  });
}
