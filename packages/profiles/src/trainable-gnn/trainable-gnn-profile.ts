import {
  RouteProfileError,
  createMatrix,
  defineProfile,
  takeRows,
  throwIfAborted,
  type Matrix,
  type ProfileInput,
  type ProfileSet,
  type RunContext,
} from '@routeprofile/schema';
import { createRuntime, disposeVariables, toVariables, type Runtime, type Weights } from '@routeprofile/tensor';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { checkpointKey, type TrainingState } from './checkpoint.js';
import { encodeNewModels } from './extend.js';
import { openNetwork } from './network.js';
import {
  completeTrainableGnnOptions,
  trainableGnnOptions,
  type CompleteTrainableGnnOptions,
  type TrainableGnnOptions,
} from './options.js';
import { problemOf, type Problem } from './problem.js';
import { stateOf, type HanState } from './state.js';
import { withoutTensors } from './tensors.js';
import { trainHan } from './train.js';

const NAME = 'trainable-gnn';

/**
 * A graph attention network learns to restore hidden node texts and scores; what it then makes of a model's node is the
 * model's profile (paper: structured form, representation "embedding", trainable). See `hanEncode` for the network, `trainHan`
 * for the training, and the options for what differs from the published code.
 */
export const trainableGnnProfile = defineProfile<TrainableGnnOptions>({
  name: NAME,
  summary: 'a graph attention network trained to restore hidden texts and scores',
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
    const key = ctx.store && (await checkpointKey(input, problem, options, ctx, runtime.backend));
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
    refuseOtherSets(set, input, options);
    const added = input.models.filter((model) => !set.models.includes(model));
    const positions = added.length > 0 ? modelPositions(NAME, { models: added, graph: input.graph }) : [];
    if (positions.length === 0) return set;
    const runtime = await createRuntime();
    const { rows, unknown } = encodeNewModels(runtime, set.state ?? {}, input, options, positions);
    const whole = { ...input, models: [...set.models, ...added] };
    const { rows: count, cols, data } = set.vectors;
    const vectors = createMatrix(count + rows.rows, cols);
    vectors.data.set(data);
    vectors.data.set(rows.data, count * cols);
    const notes = [
      ...(set.provenance.notes ?? []),
      `joined without retraining: ${added.join(', ')}`,
      ...(unknown.length > 0 ? [`left out, as the training did not know them: ${unknown.join(', ')}`] : []),
    ];
    const seeded: RunContext = { ...ctx, seed: set.provenance.seed };
    const extended = finishProfileSet(this, whole, seeded, {
      vectors,
      options,
      uses: { encoder: true, graph: true },
      notes,
    });
    return { ...withDiagnostics(extended, set.provenance.diagnostics ?? {}, true), state: set.state };
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
  const network = openNetwork(runtime, problem, variables, options, 0);
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

/** @param under the set's own figures win */
function withDiagnostics(set: ProfileSet, more: Record<string, number>, under = false): ProfileSet {
  const own = set.provenance.diagnostics ?? {};
  return { ...set, provenance: { ...set.provenance, diagnostics: under ? { ...more, ...own } : { ...own, ...more } } };
}

function notesOf(problem: Problem, options: CompleteTrainableGnnOptions): string[] {
  const missing = problem.scored.every(({ heldOut }) => !heldOut.includes(1));
  return options.holdOut > 0 && missing
    ? ['no scored edge could be held out: the weights are those of the last epoch']
    : [];
}

/** @throws RouteProfileError BAD_INPUT, BAD_OPTION or SHAPE_MISMATCH when the set is not one that these options built. */
function refuseOtherSets({ provenance, state, vectors }: ProfileSet, input: ProfileInput, options: object): void {
  if (provenance.strategy !== NAME || !state)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${NAME}: the set to extend was built by ${provenance.strategy}, or lacks its state`,
      {
        hint: `Extend sets that ${NAME} built, read from both of their files.`,
      },
    );
  if (provenance.encoder !== input.encoder.id || vectors.cols !== input.encoder.dimensions)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${NAME}: the set was built on ${provenance.encoder}, the new models are encoded by ${input.encoder.id}`,
      { hint: `Use the encoder ${provenance.encoder}.` },
    );
  const differing = Object.entries(options).filter(([name, value]) => provenance.options[name] !== value);
  if (differing.length > 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${NAME}: the set was built with ${differing.map(([name]) => `${name}=${String(provenance.options[name])}`).join(', ')}`,
      { hint: 'Extend a set with the options it was built with.' },
    );
}
