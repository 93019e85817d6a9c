import {
  defineWrapper,
  explained,
  parsePart,
  RouteProfileError,
  throwIfAborted,
  z,
  type Decision,
  type Router,
  type RouterInput,
} from '@routeprofile/schema';
import { takeQueries } from '../common/folds.js';
import { withCalibration } from './calibrate.js';
import { assertLearnedOf, outOfFoldDecisions } from './learned.js';
import { fitParityGate, type ParityGate } from './parity-gate.js';
import { assertKnown, bestModel } from './standing.js';
import { fitValuation, storeValuation, valuationOptions, withLearnedValuation } from './valuation.js';
import { entryOf, promoted, wrapDecisions } from './wrapped.js';

const NAME = 'parity';
const options = z.strictObject({
  /** The model to be as good as. Default: the best on training rows. */
  teacher: z.string().min(1).optional(),
  /** Share of the router's own answers that are to be as good as the teacher's. Default 0.95. */
  alpha: z.number().gt(0).lt(1).default(0.95),
  /** Chance that the guarantee fails. Default 0.05. */
  delta: z.number().gt(0).lt(1).default(0.05),
  ...valuationOptions,
});
export type ParityOptions = z.infer<typeof options>;

/** What `parityWrapper` learns. */
export const parityState = z.object({
  teacher: z.string(),
  gate: z.object({
    threshold: z.number().nullable(),
    coverage: z.number(),
    agreement: z.number(),
    bound: z.number(),
  }),
});

/** How sure a decision is of its model: the chance that it is right, else its lead over the next by score. */
function confidenceOf({ ranked }: Decision): number {
  const [first, second] = ranked;
  return first?.probability ?? (second ? first!.score - second.score : Infinity);
}

/**
 * The surrogate decides where it is confident enough for the gate, the teacher everywhere else.
 * @param teacher a router, asked for the remaining queries only, or a model of the surrogate
 */
export function parityGate(surrogate: Router, teacher: Router | string, gate: ParityGate): Router {
  const passes = (decision: Decision) => gate.threshold !== null && confidenceOf(decision) >= gate.threshold;
  const own = (decision: Decision) =>
    explained(
      decision,
      NAME,
      `confidence ${confidenceOf(decision).toFixed(2)} passes the gate (agreement above ${gate.bound.toFixed(3)})`,
    );
  const below = 'below the gate, the teacher answers';
  if (typeof teacher !== 'string') return gatedRouter(surrogate, teacher, { passes, own, below });
  assertKnown(NAME, surrogate.models, [teacher]);
  return wrapDecisions(
    surrogate,
    () => (decision) => {
      if (passes(decision)) return own(decision);
      return entryOf(decision, teacher) ? promoted(decision, teacher, NAME, `${below}: ${teacher}`) : decision;
    },
    { sameScores: false },
  );
}

interface Gating {
  passes: (decision: Decision) => boolean;
  own: (decision: Decision) => Decision;
  below: string;
}

function gatedRouter(surrogate: Router, teacher: Router, { passes, own, below }: Gating): Router {
  const wrapped = wrapDecisions(surrogate, () => own, { sameScores: false });
  return {
    ...wrapped,
    async decide(queries, ctx) {
      const decisions = await surrogate.decide(queries, ctx);
      const rest = Int32Array.from(decisions.keys()).filter((q) => !passes(decisions[q]!));
      const taught = await teacher.decide(takeQueries(queries, rest), ctx);
      const place = new Map(Array.from(rest, (q, i) => [q, i]));
      return decisions.map((decision, q) =>
        place.has(q) ? explained(taught[place.get(q)!]!, NAME, below) : own(decision),
      );
    },
  };
}

/**
 * `parityGate` against one model, learned from training rows, out of fold, wrappers inside included. The router agrees where the
 * outcome of its choice is at least the teacher's. Where the target cannot be guaranteed, coverage is 0 and the teacher answers everything.
 * @throws RouteProfileError UNSUPPORTED from `fit` without outcomes
 */
export const parityWrapper = defineWrapper<ParityOptions>({
  name: NAME,
  summary:
    'the router only where it is guaranteed to be as good as a chosen model (the teacher), which answers the rest',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    const { input } = wrapped;
    const valuation = await fitValuation(NAME, wrapped, chosen, ctx);
    if (!input.training.outcomes)
      throw new RouteProfileError('UNSUPPORTED', `${NAME}: pairs do not say whether two models are equally good`, {
        hint: 'Train on outcomes.',
      });
    const teacher = chosen.teacher ?? bestModel(NAME, input);
    assertKnown(NAME, input.models, [teacher]);
    const replay: Router = {
      models: input.models,
      decide: () => outOfFoldDecisions(NAME, wrapped),
      save: () => wrapped.router.save(),
    };
    const decisions = await withCalibration(replay, valuation.calibration).decide(input.training.queries, ctx);
    const { confidences, agrees } = trials(input, decisions, teacher);
    const gate = fitParityGate(confidences, agrees, chosen);
    if (gate.threshold === null)
      ctx.logger?.warn(
        `${NAME}: agreement with ${teacher} above ${chosen.alpha} cannot be guaranteed: it answers everything`,
      );
    return storeValuation(valuation, { teacher, gate } satisfies z.infer<typeof parityState>);
  },
  wrap(router, learned) {
    const { teacher, gate } = parsePart(NAME, 'state', parityState, learned.state);
    assertLearnedOf(NAME, [teacher], router);
    return parityGate(withLearnedValuation(NAME, router, learned), teacher, gate);
  },
});

/** Confidence and agreement on training queries where both the choice and the teacher were measured. */
function trials({ models, training }: RouterInput, decisions: readonly Decision[], teacher: string) {
  const score = training.outcomes!.score;
  const confidences: number[] = [];
  const agrees: boolean[] = [];
  decisions.forEach((decision, q) => {
    const given = score[q * models.length + models.indexOf(decision.model)]!;
    const taught = score[q * models.length + models.indexOf(teacher)]!;
    if (Number.isNaN(given) || Number.isNaN(taught)) return;
    confidences.push(confidenceOf(decision));
    agrees.push(given >= taught);
  });
  return { confidences, agrees };
}
