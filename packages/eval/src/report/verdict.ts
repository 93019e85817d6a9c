import type {
  Dataset,
  KeptPromise,
  OffPolicy,
  OffPolicyPolicy,
  OffPolicyVerdict,
  Recommendation,
  ReportRow,
} from '@routeprofile/schema';
import { meanOf } from '@routeprofile/numerics';
import { percent } from '../format.js';
import { ratioEstimate } from '../interval.js';
import { choosesOneModel } from '../collapse.js';
import { callCost } from '../metrics/run-costs.js';
import { estimateContenders, type RouterContender, type SelectionRows } from '../recommend/contenders.js';
import { keptPromises } from '../recommend/promises.js';
import { recommend } from '../recommend/recommend.js';
import type { EvaluatedCell } from './cell.js';
import type { TestGround } from './ground.js';
import { rowName } from './read.js';

/** How much lower a mean score still counts as not worse, unless said otherwise: 2 points of 100. */
export const MARGIN = 0.02;

/** What a verdict needs of a report's input. */
interface VerdictInput {
  dataset: Dataset;
  cells: readonly EvaluatedCell[];
  selection?: SelectionRows;
  margin?: number;
  seed: number;
}

/** What the report comes to: one recommendation, and what became of promises. */
export function verdictOn(
  { dataset, cells, selection, margin = MARGIN, seed }: VerdictInput,
  { rows, table, single }: TestGround,
  reportRows: readonly ReportRow[],
  offPolicy?: OffPolicy,
): { recommendation?: Recommendation; notRecommended?: string; promises: KeptPromise[] } {
  const { models, values } = table;
  const bootstrap = { seed };
  const seen = offPolicy ? dataset.test.values.score.filter((score) => !Number.isNaN(score)) : values.score;
  const scale = { unit: seen.every((score) => score >= 0 && score <= 1) };
  const onRows = ({ choices }: EvaluatedCell) => rows.map((row) => choices[row]!);
  const scores = (choices: Int32Array) => Float64Array.from(choices, (m, q) => values.score[q * models.length + m]!);
  const costs = (choices: Int32Array) => {
    const found = Float64Array.from(choices, (m, q) => callCost(table, dataset.candidates[m], q, m));
    return found.length > 0 && found.every(Number.isFinite) ? found : null;
  };
  const perThousand = (found: Float64Array | null) =>
    found && (1000 * found.reduce((sum, cost) => sum + cost, 0)) / found.length;
  const always = single && new Int32Array(rows.length).fill(single.index);
  const theirs = always && costs(always);

  const promises = keptPromises(
    cells.map((cell) => ({ label: cell.label, seed: cell.seed, promises: cell.promises ?? [], choices: onRows(cell) })),
    { models, bestSingle: single?.model ?? null, scores, costs, scale, bootstrap },
  );
  const recommendation = recommend({
    routers: cells.map((cell, i) => {
      const row = reportRows[i]!;
      const own = costs(onRows(cell));
      return {
        label: cell.label,
        name: rowName({ rows: reportRows }, row),
        profile: cell.profile,
        router: cell.router,
        seed: cell.seed,
        ...(cell.folder !== undefined && { folder: cell.folder }),
        ...(cell.mustName !== undefined && { mustName: cell.mustName }),
        constant: choosesOneModel(row.collapse),
        echoesSingle: row.collapse.flag && row.collapse.equals === single?.model,
        average: row.metrics['avg_performance'] ?? null,
        costPer1k: perThousand(own),
        interval: row.intervals['avg_performance'],
        ...(offPolicy && estimated(offPolicy, cell.label, cell.seed)),
        costShare: offPolicy
          ? (policyOf(offPolicy, cell.label, cell.seed)?.costShare ?? null)
          : own && theirs && ratioEstimate(own, theirs, bootstrap),
      };
    }),
    single:
      single && always && rows.length > 0
        ? { model: single.model, average: meanOf(scores(always)), costPer1k: perThousand(theirs) }
        : single && offPolicy
          ? { model: single.model, ...figuresOf(offPolicy.policies.find(({ name }) => name === 'best-single')) }
          : null,
    estimates: selection ? estimatesOf(cells, selection, { dataset, seed }) : null,
    folds: selection ? new Set(selection.foldOf).size : 0,
    margin,
    testRows: offPolicy?.rows ?? rows.length,
    scale,
  });
  const gap = recommendation && offPolicy && gapIn(recommendation, offPolicy);
  if (gap !== undefined) return { notRecommended: gap, promises };
  return { ...(recommendation && { recommendation }), promises };
}

const policyOf = ({ policies }: OffPolicy, label: string, seed: number | null): OffPolicyPolicy | undefined =>
  policies.find(({ name, seed: own }) => name === label && own === seed);

/** Why a log does not bear what would be recommended: it cannot judge it, or not against the best single model. */
function gapIn({ judged, choice, bestSingle }: Recommendation, offPolicy: OffPolicy): string | undefined {
  const policy = judged
    ? policyOf(offPolicy, judged.label, judged.seed)
    : choice.kind === 'model'
      ? policyOf(offPolicy, 'best-single', null)
      : undefined;
  if (!policy) return undefined;
  const name = judged?.label ?? bestSingle ?? policy.name;
  const { score, difference } = policy;
  if (!score.dr.known)
    return `No recommendation: the log cannot tell what ${name} would have scored (${gapText(score.dr)}).`;
  if (difference && !difference.known)
    return `No recommendation: the log cannot tell how ${name} compares with ${bestSingle ?? 'the best single model'} (${gapText(difference)}).`;
  return undefined;
}

function gapText(verdict: Exclude<OffPolicyVerdict, { known: true }>): string {
  switch (verdict.reason) {
    case 'small effective sample':
      return `${verdict.effectiveRows.toFixed(0)} effective rows, at least ${verdict.least} are needed`;
    case 'no overlap':
      return `it (almost) never made ${percent(verdict.share)} of these choices`;
    case 'propensities too small':
      return `its chances are off: the mean weight is ${verdict.meanWeight.toFixed(2)}, expected 1`;
    case 'cost not recorded':
      return 'a cost is not recorded';
  }
}

const estimatesOf = (
  cells: readonly EvaluatedCell[],
  selection: SelectionRows,
  { dataset, seed }: Pick<VerdictInput, 'dataset' | 'seed'>,
) => {
  const routers = cells.map(({ label, seed, outOfFold }): RouterContender => ({
    name: label,
    seed,
    ...(outOfFold && { outOfFold }),
  }));
  return estimateContenders(routers, selection, dataset.candidates, dataset.newModels, seed);
};

const valueOf = (verdict: OffPolicyVerdict | null | undefined): number | null =>
  verdict?.known ? verdict.value : null;

const figuresOf = (policy: OffPolicyPolicy | undefined) => ({
  average: valueOf(policy?.score.dr),
  costPer1k: valueOf(policy?.costPer1k),
});

/** What a log says of a cell, in the place of what complete test rows say. */
function estimated(offPolicy: OffPolicy, label: string, seed: number) {
  const policy = policyOf(offPolicy, label, seed);
  const difference = policy?.difference;
  return {
    ...figuresOf(policy),
    interval: difference?.known
      ? { against: 'best-single', difference: difference.value, low: difference.low, high: difference.high }
      : null,
  };
}
