import { defineWrapper, parsePart, throwIfAborted, z, type Router } from '@routeprofile/schema';
import {
  calibrationOptions,
  calibrationSchema,
  chanceOf,
  fitCalibration,
  type Calibration,
} from '../calibration/calibration.js';
import { whyNoChances } from '../calibration/observations.js';
import { sharedFolds } from '../common/out-of-fold.js';
import { figureReason } from './figures.js';
import { assertLearnedOf, assertScores } from './learned.js';
import { annotateDecisions } from './wrapped.js';

const NAME = 'calibrate';
const options = z.strictObject(calibrationOptions);
export type CalibrateOptions = z.infer<typeof options>;
const state = z.object({ calibration: calibrationSchema.nullable() });

/**
 * The router with each model's chance of being right, in [0, 1], beside its score (`ranked[i].probability`). A chance that is there
 * already stays.
 * @param calibration of `fitCalibration`; null leaves the router as it is
 */
export function withCalibration(router: Router, calibration: Calibration | null): Router {
  if (!calibration) return router;
  return annotateDecisions(router, () => (decision) => {
    if (decision.ranked.every(({ probability }) => probability !== undefined)) return decision;
    const ranked = decision.ranked.map((entry) => ({
      ...entry,
      probability: entry.probability ?? chanceOf(calibration, entry.model, entry.score),
    }));
    return { ...decision, ranked, reasons: [...figureReason('calibrate', ranked[0]!), ...decision.reasons] };
  });
}

/**
 * Annotates: `probability` of every ranked model, learned from scores of training queries by fits that did not see them. The
 * order of models stays. Where training rows say nothing of chances (pairs alone, or outcomes beyond 0 to 1), it warns and
 * leaves them out.
 */
export const calibrateWrapper = defineWrapper<CalibrateOptions>({
  name: NAME,
  summary: 'adds how likely each model is right; changes no choice',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    await assertScores(NAME, wrapped);
    const { input } = wrapped;
    const why = whyNoChances(input.training);
    if (why !== null) {
      ctx.logger?.warn(`${NAME}: no chances of being right: ${why}`);
      return { state: { calibration: null }, weights: {} };
    }
    const calibration = fitCalibration(input, await wrapped.outOfFold(), sharedFolds(input, ctx), chosen, ctx);
    return { state: { calibration }, weights: {} };
  },
  wrap(router, learned) {
    const { calibration } = parsePart(NAME, 'state', state, learned.state);
    if (calibration) assertLearnedOf(NAME, calibration.models, router);
    return withCalibration(router, calibration);
  },
});
