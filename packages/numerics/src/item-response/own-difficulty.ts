import { sigmoid } from '../softmax.js';
import { responseLogits, type Items } from './predict.js';

/** Standard deviations tried. */
const SPREADS = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
/** Points of the quadrature, from −4 to 4 standard deviations. */
const POINTS = 33;

/**
 * By what a logit shrinks when a difficulty of standard deviation `spread` is not known: E σ(z − ε) ≈ σ(z · factor) for
 * ε ~ N(0, spread²) (MacKay 1992).
 */
const shrinkage = (spread: number): number => 1 / Math.sqrt(1 + (Math.PI * spread ** 2) / 8);

/**
 * How far the difficulty of single queries lies from what the query map says of them: the standard deviation under which the
 * known outcomes are most likely. What the map predicts stays what it is on average over all queries alike.
 * @param logits [items × models] of being right, by the map
 * @param outcomes [items × models] in [0, 1], NaN = not measured
 */
export function difficultySpread(logits: Float64Array, outcomes: ArrayLike<number>, models: number): number {
  const totals = SPREADS.map(() => 0);
  for (let at = 0; at < logits.length; at += models) {
    const known = Array.from({ length: models }, (_, m) => at + m).filter((k) => !Number.isNaN(outcomes[k]!));
    const own = Float64Array.from(known, (k) => logits[k]!);
    const answers = Float64Array.from(known, (k) => outcomes[k]!);
    SPREADS.forEach((spread, s) => (totals[s]! += marginal(own, answers, spread)));
  }
  return SPREADS[totals.reduce((best, total, s) => (total > totals[best]! ? s : best), 0)]!;
}

/** A logit whose exponential times that of any shift, and times a product within `FULL`, is a number; softplus beyond it is the logit. */
const LARGEST = 600;
const FULL = 1e30;

/**
 * log ∫ Π_m P(y_m | ε) N(ε; 0, spread²) dε by the trapezoid rule, with Π_m P(y_m | ε) = exp(Σ y_m l_m) / Π_m (1 + exp l_m) and
 * l_m = logit_m − ε: what an exponential is taken of does not depend on ε, so that one per answer does for all points.
 */
function marginal(logits: Float64Array, answers: Float64Array, spread: number): number {
  const sharper = 1 / shrinkage(spread);
  const points = spread === 0 ? 1 : POINTS;
  // Σ y_m l_m − Σ max(l_m, 0) of the largest is constant − slope · ε.
  let [constant, slope] = [0, 0];
  const odds = new Float64Array(logits.length);
  for (let m = 0; m < logits.length; m++) {
    const logit = sharper * logits[m]!;
    const large = logit > LARGEST;
    if (!large) odds[m] = Math.exp(logit);
    const share = answers[m]! - (large ? 1 : 0);
    constant += share * logit;
    slope += share;
  }
  let top = -Infinity;
  let sum = 0;
  let weights = 0;
  for (let k = 0; k < points; k++) {
    const z = points === 1 ? 0 : -4 + (8 * k) / (points - 1);
    weights += Math.exp(-0.5 * z * z);
    const log = -0.5 * z * z + constant - slope * spread * z - logProduct(odds, Math.exp(-spread * z));
    if (log > top) {
      sum *= Math.exp(top - log);
      top = log;
    }
    sum += Math.exp(log - top);
  }
  return top + Math.log(sum / weights);
}

/** Σ log(1 + odds · factor), with one logarithm for many. */
function logProduct(odds: Float64Array, factor: number): number {
  let log = 0;
  let product = 1;
  for (let m = 0; m < odds.length; m++) {
    product *= 1 + odds[m]! * factor;
    if (product > FULL) {
      log += Math.log(product);
      product = 1;
    }
  }
  return log + Math.log(product);
}

const STEPS = 50;

/**
 * Items whose difficulty is also read off the known answers to them: P = σ(s (a·θ − b) − ε), ε the mode under N(0, spread²)
 * and s the inverse of `shrinkage(spread)`, so that averaged over ε the map's own chances come out. What stays unknown of ε
 * shrinks the item again. An item that nobody answered comes out as it went in.
 * @param outcomes [items × models] in [0, 1], NaN = not measured
 * @param abilities [models × dimensions] of those who answered
 */
export function withOwnDifficulty(
  items: Items,
  abilities: Float64Array,
  outcomes: ArrayLike<number>,
  spread: number,
): Items {
  const { dimensions: D, discrimination, difficulty } = items;
  if (spread === 0) return items;
  const logits = responseLogits(items, abilities);
  const models = abilities.length / D;
  const sharper = 1 / shrinkage(spread);
  const out: Items = { dimensions: D, discrimination: discrimination.slice(), difficulty: difficulty.slice() };
  for (let i = 0; i < difficulty.length; i++) {
    const { shift, precision } = own(logits, outcomes, i * models, models, spread);
    const factor = shrinkage(1 / Math.sqrt(precision));
    for (let d = 0; d < D; d++) out.discrimination[i * D + d]! *= factor * sharper;
    out.difficulty[i] = factor * (sharper * difficulty[i]! + shift);
  }
  return out;
}

/** Mode of ε and the precision there, by Newton's method on a strictly convex function of one variable. */
function own(
  logits: Float64Array,
  outcomes: ArrayLike<number>,
  at: number,
  models: number,
  spread: number,
): { shift: number; precision: number } {
  const sharper = 1 / shrinkage(spread);
  let shift = 0;
  let precision = 1 / spread ** 2;
  for (let step = 0; step < STEPS; step++) {
    precision = 1 / spread ** 2;
    let slope = shift * precision;
    for (let m = 0; m < models; m++) {
      const y = outcomes[at + m]!;
      if (Number.isNaN(y)) continue;
      const p = sigmoid(sharper * logits[at + m]! - shift);
      slope += y - p;
      precision += p * (1 - p);
    }
    const move = Math.max(-2, Math.min(2, slope / precision));
    shift -= move;
    if (Math.abs(move) < 1e-9) break;
  }
  return { shift, precision };
}
