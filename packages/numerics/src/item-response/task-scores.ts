import { sigmoid } from '../softmax.js';
import { responseLogits, type Items } from './predict.js';

/** Scores count for one answer at least, and for no more than this many however well they agree. */
const MOST_WEIGHT = 100;
/** Tasks need scores of two known models at least, to say what a score there is worth. */
const FEWEST_MODELS = 2;

/** Tasks as items that a model's card scores answer. */
export interface TaskItems {
  items: Items;
  /** Places of these tasks among those given. */
  tasks: Int32Array;
  /** Answers that one score is worth. */
  weight: number;
}

/**
 * Mean scores on tasks as items, so that a model measured on tasks alone can be placed among the others: a task's discrimination
 * is that of its mean query; its difficulty is the one at which the known models' chances average to their mean score there,
 * which takes up what the score's scale owes to how it was measured. A score is worth as many answers as would scatter about
 * the known models' chances as their scores do.
 *
 * @param tasks discrimination and difficulty of each task's mean query
 * @param abilities [known models × dimensions]
 * @param scores [tasks × known models] in [0, 1]; NaN = not measured
 * @returns tasks with scores of at least two known models
 */
export function taskItems(tasks: Items, abilities: Float64Array, scores: Float64Array): TaskItems {
  const { dimensions: D, discrimination } = tasks;
  const models = abilities.length / D;
  const flat = { dimensions: D, discrimination, difficulty: new Float64Array(tasks.difficulty.length) };
  const logits = responseLogits(flat, abilities);
  const kept: number[] = [];
  const difficulty: number[] = [];
  let scatter = 0;
  let expected = 0;
  for (let t = 0; t < tasks.difficulty.length; t++) {
    const known = Array.from({ length: models }, (_, m) => t * models + m).filter((k) => !Number.isNaN(scores[k]!));
    if (known.length < FEWEST_MODELS) continue;
    const b = matchingDifficulty(known.map((k) => [logits[k]!, scores[k]!]));
    kept.push(t);
    difficulty.push(b);
    for (const k of known) {
      const p = sigmoid(logits[k]! - b);
      scatter += (scores[k]! - p) ** 2;
      expected += p * (1 - p);
    }
  }
  const weight = Math.max(1, Math.min(MOST_WEIGHT, expected / Math.max(scatter, 1e-12)));
  return {
    tasks: Int32Array.from(kept),
    weight,
    items: {
      dimensions: D,
      discrimination: Float64Array.from(kept.flatMap((t) => [...discrimination.subarray(t * D, (t + 1) * D)])),
      difficulty: Float64Array.from(difficulty),
    },
  };
}

const HALVINGS = 60;
/** Chances beyond this logit tell nothing. */
const FURTHEST = 12;

/** b with Σ σ(logit − b) = Σ score, by bisection; scores that are all 0 or all 1 stop it at the end of the range. */
function matchingDifficulty(known: readonly (readonly [logit: number, score: number])[]): number {
  let [low, high] = [-FURTHEST, FURTHEST];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    const excess = known.reduce((sum, [logit, score]) => sum + sigmoid(logit - middle) - score, 0);
    if (excess > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
