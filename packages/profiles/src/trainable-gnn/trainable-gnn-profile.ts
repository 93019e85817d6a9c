import {
  createMatrix,
  defineProfile,
  RouteProfileError,
  takeRows,
  throwIfAborted,
  type Matrix,
  type ProfileInput,
  type ProfileSet,
} from '@routeprofile/schema';
import { createRuntime, disposeVariables, toVariables, type Runtime, type Weights } from '@routeprofile/tensor';
import { extendProfileSet } from '../common/extend.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { withoutTensors } from './edges.js';
import { encodeNewModels, stateOf, type HanState } from './extend.js';
import { createNetwork } from './network.js';
import {
  completeTrainableGnnOptions,
  trainableGnnOptions,
  type CompleteTrainableGnnOptions,
  type TrainableGnnOptions,
} from './options.js';
import { problemOf, type Problem } from './problem.js';
import { checkpointKey, trainHan, type TrainingState } from './train.js';

const NAME = 'trainable-gnn';

/**
 * A graph attention network learns to restore hidden node texts and scores; what it then makes of a model's node is the
 * model's profile (RouteProfile, arXiv 2605.00180: structured form, representation "embedding", trainable). The network is HAN
 * (arXiv 1903.07293) over the graph's own relations; a score steers attention and message along its edge. Vectors: [models ×
 * encoder's dimensions], of unit length. See `hanEncode` for the formula, `trainHan` for the training, and the options for what
 * differs from the published code.
 *
 * `provenance.diagnostics` tell the mean squared error on edges that training never saw beside that of predicting their mean.
 */
export const trainableGnnProfile = defineProfile<TrainableGnnOptions>({
  name: NAME,
  summary: 'vectors of a graph attention network that is trained to restore hidden texts and scores',
  options: trainableGnnOptions,
  needs: ['features'],
  designPoint: ({ layers }) => ({
    form: 'structured',
    representation: 'embedding',
    hops: layers,
    learning: 'trainable',
  }),

  async build(input, given, ctx) {
    throwIfAborted(ctx);
    const options = completeTrainableGnnOptions(given);
    const positions = modelPositions(NAME, input);
    const problem = problemOf(input, options, ctx.seed);
    const runtime = await createRuntime();
    const key = ctx.store && checkpointKey(input, problem, options, ctx, runtime.backend);
    const trained = await trainHan(runtime, problem, options, ctx, key);
    const { rows, state } = encodeAll(runtime, input, problem, options, trained.bestWeights);
    const set = finishProfileSet(this, input, ctx, {
      vectors: takeRows(rows, positions),
      options,
      uses: { encoder: true, graph: true },
      notes: notesOf(problem, options),
    });
    return { ...withDiagnostics(set, trainingDiagnostics(problem, trained)), state };
  },

  async extend(set, input, given, ctx) {
    throwIfAborted(ctx);
    const options = completeTrainableGnnOptions(given);
    let strangers: string[] = [];
    const extended = await extendProfileSet(this, set, input, options, ctx, async (missing) => {
      const state = requiredState(set);
      const runtime = await createRuntime();
      const joining = encodeNewModels(runtime, state, missing, options, modelPositions(NAME, missing));
      strangers = joining.unknown;
      return { vectors: joining.rows };
    });
    if (strangers.length === 0) return extended;
    const { provenance } = extended;
    const note = `left out, because they were not known in training: ${strangers.join(', ')}`;
    return { ...extended, provenance: { ...provenance, notes: [...(provenance.notes ?? []), note] } };
  },
});

/** Every model's row, and what new models will need, from the whole graph with nothing hidden. */
function encodeAll(
  runtime: Runtime,
  { graph }: ProfileInput,
  problem: Problem,
  options: CompleteTrainableGnnOptions,
  weights: Weights,
): { rows: Matrix; state: HanState } {
  const variables = toVariables(runtime.tf, weights);
  const network = createNetwork(runtime, problem, variables, options, 0);
  try {
    return withoutTensors(runtime.tf, () => {
      const output = network.encode(['model']);
      const model = output.rows.model!;
      const rows = createMatrix(model.shape[0], model.shape[1], Float32Array.from(model.dataSync()));
      return { rows, state: stateOf(graph, problem, weights, output) };
    });
  } finally {
    network.dispose();
    disposeVariables(variables);
  }
}

/** Figures of the training: mean squared errors on the scale of the targets. */
function trainingDiagnostics({ scored }: Problem, { epochs, best }: TrainingState): Record<string, number> {
  const held = scored.flatMap(({ values, heldOut }) => [...values].filter((_, e) => heldOut[e] === 1));
  const seen = scored.flatMap(({ values, heldOut }) => [...values].filter((_, e) => heldOut[e] === 0));
  const mean = seen.reduce((a, b) => a + b, 0) / Math.max(seen.length, 1);
  return {
    bestEpoch: best.epoch + 1,
    trainingLoss: epochs[best.epoch]!.loss,
    ...(held.length > 0 && {
      heldOutEdges: held.length,
      heldOutError: best.value,
      meanPredictorError: held.reduce((sum, value) => sum + (value - mean) ** 2, 0) / held.length,
    }),
  };
}

function withDiagnostics(set: ProfileSet, more: Record<string, number>): ProfileSet {
  const { provenance } = set;
  return { ...set, provenance: { ...provenance, diagnostics: { ...provenance.diagnostics, ...more } } };
}

function notesOf(problem: Problem, options: CompleteTrainableGnnOptions): string[] {
  const missing = problem.scored.every(({ heldOut }) => !heldOut.includes(1));
  return options.holdOut > 0 && missing
    ? ['no scored edge could be held out: the weights are those of the last epoch']
    : [];
}

/** @throws RouteProfileError BAD_INPUT for a set without what the training learned. */
function requiredState({ state }: ProfileSet): HanState {
  if (state && Object.keys(state).length > 0) return state;
  throw new RouteProfileError('BAD_INPUT', `${NAME}: the set to extend does not hold what its training learned`, {
    hint: 'Read the set from its .npz file, which holds it beside the vectors.',
  });
}
