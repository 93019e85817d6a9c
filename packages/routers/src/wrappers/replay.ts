/** A cascade that asks a model, looks at the answer, and goes on to the next while it is not sure enough. */
export interface ReplayInput {
  /** Model indices, cheap to strong. */
  ladder: ArrayLike<number>;
  /** Shape [queries × ladder]: how sure one is of each step's answer; any scale. */
  confidences: Float64Array;
  /** An answer of at least this confidence is kept; the last step's always. */
  threshold: number;
  /** Shape [queries × models]: recorded outcomes, NaN = not recorded. */
  scores: Float64Array;
  /** Shape [queries × models]: recorded dollars, NaN = not recorded. */
  costs: Float64Array;
  /** How many models the tables have. */
  models: number;
}

/** What a replayed cascade chose and cost. Each array has the shape [queries]. */
export interface Replay {
  /** Index of the model whose answer was kept. */
  choices: Int32Array;
  /** Its outcome; NaN where it was not recorded. */
  scores: Float64Array;
  /** Dollars of all calls made on the way; NaN where one of them was not recorded. */
  costs: Float64Array;
  /** Calls made. */
  calls: Int32Array;
}

/** Replays a cascade on recorded outcomes: every step that is taken is paid. (FrugalGPT, arXiv 2305.05176.) */
export function replayCascade({ ladder, confidences, threshold, scores, costs, models }: ReplayInput): Replay {
  const steps = ladder.length;
  const queries = steps === 0 ? 0 : confidences.length / steps;
  const out: Replay = {
    choices: new Int32Array(queries),
    scores: new Float64Array(queries),
    costs: new Float64Array(queries),
    calls: new Int32Array(queries),
  };
  for (let q = 0; q < queries; q++)
    for (let step = 0; step < steps; step++) {
      const k = q * models + ladder[step]!;
      out.costs[q]! += costs[k]!;
      out.calls[q]!++;
      if (step < steps - 1 && !(confidences[q * steps + step]! >= threshold)) continue;
      out.choices[q] = ladder[step]!;
      out.scores[q] = scores[k]!;
      break;
    }
  return out;
}
