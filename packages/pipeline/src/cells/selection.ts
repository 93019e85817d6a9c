import { routerTraining } from '@routeprofile/data';
import type { OutOfFold, SelectionRows } from '@routeprofile/eval';
import { outOfFoldDecisions, sharedFolds } from '@routeprofile/routers';
import {
  isLog,
  RouteProfileError,
  type Dataset,
  type Decision,
  type Encoder,
  type Router,
  type RouterInput,
  type RouterTraining,
  type RunContext,
} from '@routeprofile/schema';
import type { Plan } from './plan.js';
import type { Encoded } from '../encoders/prepare.js';

/** How the recommended router is chosen: by what each decides on training queries that it was not fitted on. */

/** Whether there is anything to choose from, and the run asks for it. */
export const wantsSelection = ({ config, cells, lookups }: Pick<Plan, 'config' | 'cells' | 'lookups'>): boolean =>
  config.selectionFolds > 0 && cells.length - lookups > 1;

/** One deal for all cells, whatever their seeds: the run's first seed deals. */
const foldsOf = ({ config }: Plan, training: Pick<RouterTraining, 'tasks'>): Int32Array =>
  sharedFolds({ training }, { seed: config.seed[0]! }, config.selectionFolds);

/** The training rows that contenders are judged on; undefined where nothing is to be chosen. */
export function selectionRows({
  plan,
  dataset,
  encoded,
  encoder,
}: {
  plan: Plan;
  dataset: Dataset;
  encoded: Pick<Encoded, 'train'>;
  encoder: Pick<Encoder, 'id'>;
}): SelectionRows | undefined {
  if (!wantsSelection(plan)) return undefined;
  const training = routerTraining(dataset, encoded.train, encoder.id);
  return { training, foldOf: foldsOf(plan, training), ...(encoded.train && { vectors: encoded.train }) };
}

/**
 * What a router decides on each training query by fits without it. A router that cannot be fitted on part of the rows has none: the
 * warning says so, and it will not be recommended.
 */
export async function outOfFoldOf(
  plan: Plan,
  { strategy, options, label }: Plan['routers'][number],
  input: RouterInput,
  fitted: Router,
  ctx: RunContext,
): Promise<{ outOfFold?: OutOfFold }> {
  if (!wantsSelection(plan)) return {};
  const judge = outOfFoldJudge(input);
  try {
    await outOfFoldDecisions(strategy, options, input, foldsOf(plan, input.training), ctx, judge.take, fitted);
    return { outOfFold: judge.found() };
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || error.code === 'ABORTED') throw error;
    ctx.logger?.warn(`${label}: could not be evaluated on training data, so it is not recommended: ${error.message}`);
    return {};
  }
}

/**
 * Keeps of each decision what can be judged: the best ranked model that was measured, of a log the best ranked one, or the share of
 * pairs ranked right.
 */
function outOfFoldJudge({ models, training }: RouterInput): {
  take: (query: number, decision: Decision) => void;
  found: () => OutOfFold;
} {
  const { outcomes, pairs, tasks } = training;
  const place = new Map(models.map((model, m) => [model, m]));
  if (outcomes?.score.some((score) => !Number.isNaN(score))) {
    const choices = new Int32Array(tasks.length).fill(-1);
    const logged = isLog(outcomes, models.length);
    return {
      take(query, { ranked }) {
        const measured = ranked
          .map(({ model }) => place.get(model) ?? -1)
          .find((m) => m >= 0 && (logged || !Number.isNaN(outcomes.score[query * models.length + m]!)));
        choices[query] = measured ?? -1;
      },
      found: () => ({ choices }),
    };
  }
  const pairsRight = new Float64Array(tasks.length).fill(NaN);
  const ofQuery = new Map<number, (typeof pairs)[number][]>();
  for (const pair of pairs) ofQuery.set(pair.query, [...(ofQuery.get(pair.query) ?? []), pair]);
  return {
    take(query, { ranked }) {
      const rank = new Map(ranked.map(({ model }, i) => [place.get(model), i]));
      const own = ofQuery.get(query) ?? [];
      const at = (model: number) => rank.get(model) ?? ranked.length;
      if (own.length > 0)
        pairsRight[query] = own.filter(({ better, worse }) => at(better) < at(worse)).length / own.length;
    },
    found: () => ({ pairsRight }),
  };
}
