import { fitAdditive } from '@routeprofile/numerics';
import { askedPerQuery, seenModels, type OutcomeValues, type RouterTraining } from '@routeprofile/schema';

/** How well scores route training queries. */
export interface Judge {
  /**
   * `outcome`: mean outcome of the choices. `logged`: the same, estimated from a log with one model per query, or two. `pairs`: share of
   * the pairs ranked right.
   */
  kind: 'outcome' | 'logged' | 'pairs';
  /** Queries that can be judged. */
  queries: Int32Array;
  /**
   * What the scores of a query are worth: for outcomes that of the best scored among the models measured on it; in a log what the
   * best scored of all models is expected to give there; for pairs the share of the query's pairs ranked right, a tie counting half.
   * @param scores one a model
   */
  worth(query: number, scores: ArrayLike<number>): number;
}

/** Smaller chances are taken for this: one query must not outweigh 50. */
const LEAST_CHANCE = 0.02;

/**
 * Outcomes judge where there are any; otherwise pairs, which say which of two models to prefer and nothing of how good it is.
 * A choice is judged among the measured models only, so a query without outcomes does not count.
 */
export function judgeOf(training: RouterTraining, models: number): Judge {
  const { outcomes, pairs, tasks } = training;
  if (!outcomes) return pairJudge(pairs, tasks.length);
  const asked = askedPerQuery(outcomes, models);
  return asked === null
    ? outcomeJudge(outcomes.score, models)
    : loggedJudge(outcomes, seenModels(training, models), asked);
}

/** Models with an outcome, by query; of queries with all models, which may be millions, it is one and the same list. */
function measuredModels(score: Float64Array, models: number): Int32Array[] {
  const all = Int32Array.from({ length: models }, (_, m) => m);
  const isMeasured = (k: number) => !Number.isNaN(score[k]!);
  return Array.from({ length: models === 0 ? 0 : score.length / models }, (_, q) =>
    all.every((m) => isMeasured(q * models + m)) ? all : all.filter((m) => isMeasured(q * models + m)),
  );
}

/** The queries with an outcome. */
function judgedQueries(measured: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(measured.length);
  let count = 0;
  for (const [q, models] of measured.entries()) if (models.length > 0) out[count++] = q;
  return out.slice(0, count);
}

function outcomeJudge(score: Float64Array, models: number): Judge {
  const measured = measuredModels(score, models);
  return {
    kind: 'outcome',
    queries: judgedQueries(measured),
    worth(q, scores) {
      const choice = best(measured[q]!, scores);
      return score[q * models + choice]!;
    },
  };
}

/**
 * What a choice is worth where it was not made: the doubly robust estimate (Dudík, Langford and Li 2011). It is the outcome expected
 * of the model, query + model by least squares, corrected by 1 / chance times the surprise where the log chose that model. The
 * chance is the log's own where it states one, else the share of the queries on which the model was asked, among those that no more
 * models answered than the log asks by chance. Queries with more were asked of them on purpose.
 * @param asked models that the log asks per query
 */
function loggedJudge({ score, propensity }: OutcomeValues, seen: readonly boolean[], asked: 1 | 2): Judge {
  const models = seen.length;
  const measured = measuredModels(score, models);
  const known = Int32Array.from(seen.keys()).filter((m) => seen[m]);
  const fit = fitAdditive(score, models, { loneRows: 'together' });
  const byChance = measured.filter((here) => here.length > 0 && here.length <= asked);
  const askedOf = new Float64Array(models);
  for (const here of byChance) for (const m of here) askedOf[m]!++;
  const chance = (k: number): number => {
    const stated = propensity?.[k] ?? NaN;
    return Math.max(LEAST_CHANCE, Number.isNaN(stated) ? askedOf[k % models]! / byChance.length : stated);
  };
  return {
    kind: 'logged',
    queries: judgedQueries(measured),
    worth(q, scores) {
      const choice = best(known, scores);
      const k = q * models + choice;
      const expected = fit.rows[q]! + fit.models[choice]!;
      if (Number.isNaN(score[k]!)) return expected;
      return measured[q]!.length > asked ? score[k]! : expected + (score[k]! - expected) / chance(k);
    },
  };
}

/** The first of the best scored. */
function best(among: Int32Array, scores: ArrayLike<number>): number {
  let choice = among[0]!;
  for (const m of among) if (scores[m]! > scores[choice]!) choice = m;
  return choice;
}

function pairJudge(pairs: RouterTraining['pairs'], rows: number): Judge {
  const byQuery = Array.from({ length: rows }, (): { better: number; worse: number }[] => []);
  for (const { query, better, worse } of pairs) byQuery[query]?.push({ better, worse });
  return {
    kind: 'pairs',
    queries: Int32Array.from(byQuery.keys()).filter((q) => byQuery[q]!.length > 0),
    worth(q, scores) {
      const won = byQuery[q]!.reduce((sum, { better, worse }) => {
        const lead = scores[better]! - scores[worse]!;
        return sum + (lead > 0 ? 1 : lead === 0 ? 0.5 : 0);
      }, 0);
      return won / byQuery[q]!.length;
    },
  };
}

/** Mean worth of rows of scores over the queries that can be judged, and its standard error. */
export function judgeScores(
  judge: Judge,
  scoresOf: (query: number) => ArrayLike<number>,
): { mean: number; standardError: number; worths: Float64Array } {
  const worths = Float64Array.from(judge.queries, (q) => judge.worth(q, scoresOf(q)));
  const mean = worths.reduce((a, b) => a + b, 0) / worths.length;
  const spread = worths.reduce((sum, w) => sum + (w - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(spread / Math.max(1, worths.length - 1) / worths.length), worths };
}
