import { figureSchema, throwIfAborted, z, type Matrix, type RouterInput, type RunContext } from '@routeprofile/schema';
import { expectedCalibrationError } from './error.js';
import { fitIsotonic, isotonicChance } from './isotonic.js';
import { observationsWhere, observe, whyNoChances, type Observations } from './observations.js';
import { fitTemperature, temperatureChance } from './temperature.js';

export const calibrationOptions = {
  /** `temperature`: one logistic curve. `isotonic`: any ascending curve. `auto`: the one of smaller log loss in cross-validation. */
  method: z.enum(['auto', 'temperature', 'isotonic']).default('auto'),
  /** An offset for each model on the logistic curve. It may change which model has the best chance. */
  perModel: z.boolean().default(false),
};
/** How scores become chances. Nothing has a default here; the wrapper `calibrate` takes `auto` and false. */
export interface CalibrationOptions {
  /** `temperature`: one logistic curve. `isotonic`: any ascending curve. `auto`: the one of smaller log loss in cross-validation. */
  method: 'auto' | 'temperature' | 'isotonic';
  /** An offset for each model on the logistic curve. It may change which model has the best chance. */
  perModel: boolean;
}

const numbers = z.array(figureSchema);
const shares = z.array(z.number().min(0).max(1));
const curveSchema = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('temperature'),
    link: z.enum(['logit', 'identity']),
    slope: figureSchema,
    offset: figureSchema,
    modelOffsets: numbers.optional(),
  }),
  z.object({ method: z.literal('isotonic'), scores: numbers.min(1), chances: shares.min(1) }),
]);
const calibrationShape = z.object({
  /** Fitted on, in order. */
  models: z.array(z.string()),
  curve: curveSchema,
  /** Held-out figures of every curve tried: mean log loss in nats, expected calibration error. */
  crossValidation: z.array(z.object({ method: z.string(), logLoss: z.number(), error: z.number() })),
});
/** A curve that has a number for each model and each step, as the fitted ones do. */
export const calibrationSchema = calibrationShape.superRefine(({ models, curve }, context) => {
  const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: ['curve', path], message });
  if (curve.method === 'temperature') {
    const offsets = curve.modelOffsets?.length ?? models.length;
    if (offsets !== models.length) wrong('modelOffsets', `${offsets} offsets for ${models.length} models`);
    return;
  }
  const { scores, chances } = curve;
  if (scores.length !== chances.length) wrong('chances', `${chances.length} chances for ${scores.length} scores`);
  if (scores.some((score, i) => i > 0 && score < scores[i - 1]!)) wrong('scores', 'expected in ascending order');
});
/** From scores to chances of being right in [0, 1], as JSON: the curve, the models in order, and how each curve tried did. */
export type Calibration = z.infer<typeof calibrationSchema>;
type Curve = Calibration['curve'];

/** Chance that `model` is right, given its score. */
export function chanceOf({ curve, models }: Calibration, model: string, score: number): number {
  return curveAt(curve, curve.method === 'temperature' && curve.modelOffsets ? models.indexOf(model) : -1, score);
}

const curveAt = (curve: Curve, model: number, score: number): number =>
  curve.method === 'temperature' ? temperatureChance(curve, model, score) : isotonicChance(curve, score);

/** Chances for a whole table of scores of the models fitted on, [queries × models], in double precision. */
export function chancesOf({ curve }: Calibration, scores: Matrix): Float64Array {
  return Float64Array.from(scores.data, (score, k) => curveAt(curve, k % scores.cols, score));
}

/**
 * A calibration of a router's scores, learned from scores it gave to queries it was not fitted on, and their outcomes in [0, 1]:
 * P(right) = σ(slope · score + offset) (Platt 1999; Guo et al., arXiv 1706.04599), or isotonic regression (Zadrozny and Elkan 2002).
 *
 * @param scores shape [training queries × models], out of fold (`outOfFoldScores`)
 * @param foldOf shape [training queries]: fold of each training query; methods are compared on held-out folds
 * @returns null when training rows say nothing of chances (see `whyNoChances`)
 */
export function fitCalibration(
  { training, models }: Pick<RouterInput, 'training' | 'models'>,
  scores: Matrix,
  foldOf: Int32Array,
  { method, perModel }: CalibrationOptions,
  ctx: RunContext,
): Calibration | null {
  throwIfAborted(ctx);
  if (!training.outcomes || whyNoChances(training) !== null) return null;
  const data = observe(scores, training.outcomes.score, ctx);
  const fits: ((part: Observations) => Curve)[] = [];
  if (method !== 'isotonic') fits.push((part) => fitTemperature(part, models.length, perModel));
  if (method !== 'temperature') fits.push(fitIsotonic);
  const compared = fits.map((fit) => ({ fit, ...heldOut(data, foldOf, fit) }));
  // The first of equals: the smoother curve.
  const best = compared.reduce((a, b) => (b.logLoss < a.logLoss ? b : a));
  return {
    models: [...models],
    curve: best.fit(data),
    crossValidation: compared.map(({ method: tried, logLoss, error }) => ({ method: tried, logLoss, error })),
  };
}

/** A chance that rounds to 0 or 1 costs this much at most when it is wrong. */
const SURE = 1e-12;

function heldOut(data: Observations, foldOf: Int32Array, fit: (part: Observations) => Curve) {
  const chances = new Float64Array(data.scores.length);
  const folds = new Set(data.queries.map((query) => foldOf[query]!));
  let method = '';
  for (const fold of folds) {
    const rest = observationsWhere(data, (query) => foldOf[query] !== fold);
    const curve = fit(rest.scores.length > 0 ? rest : data);
    method = curve.method;
    data.queries.forEach((query, i) => {
      if (foldOf[query] === fold) chances[i] = curveAt(curve, data.models[i]!, data.scores[i]!);
    });
  }
  const logLoss = chances.reduce((sum, p, i) => {
    const y = data.outcomes[i]!;
    return sum - y * Math.log(Math.max(p, SURE)) - (1 - y) * Math.log(Math.max(1 - p, SURE));
  }, 0);
  return { method, logLoss: logLoss / chances.length, error: expectedCalibrationError(chances, data.outcomes) };
}
