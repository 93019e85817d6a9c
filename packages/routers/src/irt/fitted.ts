import { createMatrix, queryVectors, rowOf, type Reason, type ScoringRouter } from '@routeprofile/schema';
import { expectedOutcomes } from '@routeprofile/numerics';
import { scoringRouter } from '../common/scoring-router.js';
import { artifactOf, NAME, type AbilitySource, type IrtParts } from './state.js';

const GUESSED: Partial<Record<AbilitySource, string>> = {
  card: 'the scores on its card',
  profile: 'models with similar profiles',
};

/** The router of these parts; its probabilities are chances of being right where outcomes between 0 and 1 taught it. */
export function create(parts: IrtParts): ScoringRouter {
  const { manifest, model, abilities, state } = parts;
  const { models, encoder } = manifest;
  const space = { what: 'training queries', encoder, dimensions: model.map.weights.cols };
  const of = Float64Array.from(abilities.data);
  const chances = model.kind === 'outcomes' && model.range[0] === 0 && model.range[1] === 1;

  const router = scoringRouter({
    name: NAME,
    models,
    evaluate(queries) {
      const vectors = queryVectors(NAME, queries, space);
      const scores = createMatrix(vectors.rows, models.length, Float32Array.from(expectedOutcomes(model, of, vectors)));
      const explain = (q: number, winner: number): Reason[] => {
        const row = rowOf(scores, q);
        const mean = row.reduce((a, b) => a + b, 0) / row.length;
        const what = chances ? 'chance of being right' : model.kind === 'outcomes' ? 'expected outcome' : 'worth';
        const text = `${what} ${row[winner]!.toFixed(3)}, mean of all models ${mean.toFixed(3)}`;
        const guess = GUESSED[state.sources[winner]!];
        return [
          { kind: 'ability', text },
          ...(guess
            ? [
                {
                  kind: 'inherited',
                  text: `${models[winner]} has no training outcomes; its ability is estimated from ${guess}`,
                },
              ]
            : []),
        ];
      };
      return { scores, explain };
    },
    save: () => artifactOf(parts),
  });
  if (!chances) return router;
  return {
    ...router,
    async decide(queries, ctx) {
      const decisions = await router.decide(queries, ctx);
      return decisions.map((decision) => ({
        ...decision,
        ranked: decision.ranked.map((entry) => ({ ...entry, probability: entry.score })),
      }));
    },
  };
}
