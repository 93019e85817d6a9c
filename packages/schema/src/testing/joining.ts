import { takeRows } from '../matrix.js';
import type { ProfileSet } from '../profile.js';
import type { RouterInput } from '../router.js';

/** Columns of a row-major table [rows × width] but the last. */
const narrowed = (column: Float64Array, width: number) => column.filter((_, k) => k % width !== width - 1);

/** The profiles as they were before the last model was there. */
function profilesBefore({ models, vectors, keyed, ...set }: ProfileSet): ProfileSet {
  const rows = Array.from({ length: models.length - 1 }, (_, m) => m);
  return {
    ...set,
    models: models.slice(0, -1),
    vectors: takeRows(vectors, rows),
    ...(keyed && { keyed: { ...keyed, scores: takeRows(keyed.scores, rows) } }),
  };
}

/** A routing problem as it was before its last model was there. */
export function beforeLastModel(input: RouterInput): RouterInput {
  const { models, candidates, cards, profiles, training } = input;
  const width = models.length;
  const { outcomes, pairs } = training;
  return {
    models: models.slice(0, -1),
    candidates: candidates.slice(0, -1),
    cards: cards.slice(0, -1),
    profiles: profilesBefore(profiles),
    training: {
      ...training,
      pairs: pairs.filter(({ better, worse }) => better < width - 1 && worse < width - 1),
      outcomes: outcomes && {
        score: narrowed(outcomes.score, width),
        cost: narrowed(outcomes.cost, width),
        inputTokens: narrowed(outcomes.inputTokens, width),
        outputTokens: narrowed(outcomes.outputTokens, width),
        latency: narrowed(outcomes.latency, width),
      },
    },
  };
}
