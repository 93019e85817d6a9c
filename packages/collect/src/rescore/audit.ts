import { grouped } from '@routeprofile/schema';
import type { Verdict } from '../sandbox/sandbox.js';

/** Why a label was left as it is. */
export const KEPT_REASONS = {
  'not-selected': 'its task was not asked for',
  'no-metric': 'the row names no metric',
  'no-response': 'no response is stored',
  'failed-call': 'the call failed',
  'no-truth': 'the row has no ground truth',
  'no-formula': 'the formula of its published labels is unknown; the repaired rules score it by a definition of ours',
  'code-not-run': 'scoring it means running code, which was not allowed',
  'no-tests': 'the row holds no tests that can be run',
} as const;
/** Why a label was kept: a key of `KEPT_REASONS`. */
export type KeptReason = keyof typeof KEPT_REASONS;

/** What became of one label. */
export interface LabelRecord {
  task: string;
  model: string;
  /** As the row spells it; null when it names none. */
  metric: string | null;
  /** null = not measured. */
  before: number | null;
  after: number | null;
  kept: KeptReason | null;
  /** Of programs that were run. */
  verdict?: Verdict;
}

/** Counts of labels; means over those that are measured, null without any. */
export interface AuditCounts {
  labels: number;
  /** Computed from the response. */
  scored: number;
  /** up + down + added. */
  changed: number;
  /** Higher than before, by more than 1e-9. */
  up: number;
  /** Lower than before. */
  down: number;
  /** Not measured before. */
  added: number;
  meanBefore: number | null;
  meanAfter: number | null;
}

/** What rescoring changed and what it kept, in all, by task and by model. */
export interface RescoreAudit {
  rules: 'published' | 'repaired';
  /** What programs were run in; null when none were. */
  sandbox: string | null;
  total: AuditCounts;
  perTask: (AuditCounts & { task: string; metrics: string[] })[];
  perModel: (AuditCounts & { model: string })[];
  /** Labels that were left as they are, by reason. */
  kept: { reason: KeptReason; explanation: string; labels: number; tasks: string[] }[];
  /** How programs ended. */
  verdicts: Partial<Record<Verdict, number>>;
}

const SAME = 1e-9;

const mean = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

function countsOf(records: readonly LabelRecord[]): AuditCounts {
  const both = records.filter((record) => record.before !== null && record.after !== null);
  const moved = (sign: 1 | -1) => both.filter(({ before, after }) => (after! - before!) * sign > SAME).length;
  const [up, down] = [moved(1), moved(-1)];
  const added = records.filter((record) => record.before === null && record.after !== null).length;
  return {
    labels: records.length,
    scored: records.filter((record) => record.kept === null).length,
    changed: up + down + added,
    up,
    down,
    added,
    meanBefore: mean(records.map((record) => record.before)),
    meanAfter: mean(records.map((record) => record.after)),
  };
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** What a rescoring did, by task, by model and by reason. */
export function auditOf(
  records: readonly LabelRecord[],
  { rules, sandbox }: Pick<RescoreAudit, 'rules' | 'sandbox'>,
): RescoreAudit {
  const verdicts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of records) if (verdict !== undefined) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    rules,
    sandbox,
    total: countsOf(records),
    perTask: [...grouped(records, (record) => record.task)].map(([task, group]) => ({
      task,
      metrics: distinct(group.map((record) => record.metric).filter((metric) => metric !== null)),
      ...countsOf(group),
    })),
    perModel: [...grouped(records, (record) => record.model)].map(([model, group]) => ({ model, ...countsOf(group) })),
    kept: [...grouped(records, (record) => record.kept)].flatMap(([reason, group]) =>
      reason === null
        ? []
        : [
            {
              reason,
              explanation: KEPT_REASONS[reason],
              labels: group.length,
              tasks: distinct(group.map((record) => record.task)),
            },
          ],
    ),
    verdicts,
  };
}
