import { defineWrapper, parsePart, throwIfAborted, z, type Router, type WrapperState } from '@routeprofile/schema';
import { estimateCall, fitEstimates, type Estimates } from '../estimates/estimates.js';
import { estimatesSchema, restoreEstimates, storeEstimates } from '../estimates/state.js';
import { figureReason } from './figures.js';
import { assertLearnedOf, learnedArray } from './learned.js';
import { annotateDecisions } from './wrapped.js';

const NAME = 'estimate';

export const estimateOptions = {
  /** Tokens of an answer, assumed where neither training rows nor candidates say how long a model's answers are. */
  outputTokens: z.number().gt(0).optional(),
};
const options = z.strictObject(estimateOptions);
export type EstimateWrapperOptions = z.infer<typeof options>;

/**
 * The router with the expected cost in dollars and latency in seconds of the call beside each model (`ranked[i].expectedCost`,
 * `.expectedLatency`). What is not known is absent, and what is there already stays.
 */
export function withEstimates(router: Router, estimates: Estimates): Router {
  const place = new Map(estimates.models.map((model, m) => [model, m]));
  return annotateDecisions(router, (queries) => (decision, q) => {
    const { cost, latency } = estimateCall(estimates, queries, q);
    const ranked = decision.ranked.map((entry) => {
      const m = place.get(entry.model) ?? -1;
      const expectedCost = entry.expectedCost ?? known(cost[m]);
      const expectedLatency = entry.expectedLatency ?? known(latency[m]);
      return {
        ...entry,
        ...(expectedCost !== undefined && { expectedCost }),
        ...(expectedLatency !== undefined && { expectedLatency }),
      };
    });
    const already = decision.ranked[0]?.expectedCost !== undefined;
    const reasons = already ? [] : figureReason('estimate', ranked[0]!);
    return { ...decision, ranked, reasons: [...reasons, ...decision.reasons] };
  });
}

const known = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value;

/** Estimates out of what a wrapper learned. */
export function learnedEstimates(wrapper: string, stored: z.infer<typeof estimatesSchema>, learned: WrapperState) {
  return restoreEstimates(stored, (name, shape) => learnedArray(wrapper, learned, name, shape));
}

/** Annotates: `expectedCost` in dollars and `expectedLatency` in seconds of every ranked model. The order of models stays. */
export const estimateWrapper = defineWrapper<EstimateWrapperOptions>({
  name: NAME,
  summary: 'adds the expected cost and duration of a call to each model; changes no choice',
  options,
  async fit({ input }, chosen, ctx) {
    throwIfAborted(ctx);
    return storeEstimates(fitEstimates(input, chosen, ctx).estimates);
  },
  wrap(router, learned) {
    const stored = parsePart(NAME, 'state', estimatesSchema, learned.state);
    assertLearnedOf(NAME, stored.models, router);
    return withEstimates(router, learnedEstimates(NAME, stored, learned));
  },
});
