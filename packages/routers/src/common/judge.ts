import type { RouterTraining } from '@routeprofile/schema';

/** How well scores route training queries. */
export interface Judge {
  /** `outcome`: mean outcome of the choices. `pairs`: share of the pairs ranked right. */
  kind: 'outcome' | 'pairs';
  /** Queries that can be judged. */
  queries: Int32Array;
  /**
   * What the scores of a query are worth, between 0 and 1 for outcomes of that range: the outcome of the best scored among the
   * models measured on it, or the share of its pairs ranked right, a tie counting half.
   * @param scores one a model
   */
  worth(query: number, scores: ArrayLike<number>): number;
}

/**
 * Outcomes judge where there are any; otherwise pairs, which say which of two models to prefer and nothing of how good it is.
 * A choice is judged among the measured models only, so a query without outcomes does not count.
 */
export function judgeOf({ outcomes, pairs, tasks }: RouterTraining, models: number): Judge {
  return outcomes ? outcomeJudge(outcomes.score, models) : pairJudge(pairs, tasks.length);
}

function outcomeJudge(score: Float64Array, models: number): Judge {
  const rows = models === 0 ? 0 : score.length / models;
  const measured = Array.from({ length: rows }, (_, q) =>
    Int32Array.from({ length: models }, (__, m) => m).filter((m) => !Number.isNaN(score[q * models + m]!)),
  );
  return {
    kind: 'outcome',
    queries: Int32Array.from(measured.keys()).filter((q) => measured[q]!.length > 0),
    worth(q, scores) {
      const among = measured[q]!;
      let choice = among[0]!;
      for (const m of among) if (scores[m]! > scores[choice]!) choice = m;
      return score[q * models + choice]!;
    },
  };
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
