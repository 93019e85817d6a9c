import { defineProfile, throwIfAborted, type ProfileInput, type RunContext } from '@routeprofile/schema';
import { extendProfileSet } from '../common/extend.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { encodeJoined, encodeSegments, joinSegments } from './encode-segments.js';
import { neighbourPicks } from './neighbour-picks.js';
import { completeFlatOptions, flatOptions, type CompleteFlatOptions, type FlatOptions } from './options.js';
import type { Pick } from './picks.js';
import { independentPicks, sharedPicks } from './random-picks.js';
import { segmentsOf } from './segments.js';

/**
 * A text per model, put together from nodes of the graph and encoded; no message passing (RouteProfile, arXiv 2605.00180: flat form,
 * representation "text"). Vectors: [models × encoder's dimensions], of unit length. The set's `texts`
 * hold what each profile was made of.
 */
export const flatProfile = defineProfile<FlatOptions>({
  name: 'flat',
  summary: 'one encoded text per model, made of its card, tasks and queries',
  options: flatOptions,
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'text', hops: 0, learning: 'training-free' }),
  async build(input, given, ctx) {
    throwIfAborted(ctx);
    const options = completeFlatOptions(given);
    const made = await makeProfiles(input, options, ctx);
    return finishProfileSet(this, input, ctx, { ...made, options, uses: { encoder: true, graph: true } });
  },
  async extend(set, input, given, ctx) {
    throwIfAborted(ctx);
    const options = completeFlatOptions(given);
    return extendProfileSet(this, set, input, options, ctx, (missing, seeded) =>
      makeProfiles(missing, options, seeded, set.models.length),
    );
  },
});

/** @param before models that come earlier in the one stream of all, where there is one */
async function makeProfiles(input: ProfileInput, options: CompleteFlatOptions, ctx: RunContext, before = 0) {
  const positions = modelPositions('flat', input);
  const picks = pick(input, positions, options, ctx.seed, before);
  const models = positions.map((model, i) => segmentsOf(input.graph, model, picks[i]!, options));
  const encode = options.encode === 'segments' ? encodeSegments : encodeJoined;
  return { vectors: await encode(models, input.encoder, ctx), texts: models.map(joinSegments) };
}

function pick(
  input: ProfileInput,
  positions: number[],
  { sample, topK }: CompleteFlatOptions,
  seed: number,
  before: number,
): Pick[][] {
  switch (sample) {
    case 'neighbours':
      return neighbourPicks(input.graph, input.cards, positions, topK, seed);
    case 'independent':
      return independentPicks(input.graph, positions, topK, seed);
    case 'shared':
      return sharedPicks(input.graph, positions, topK, seed, before);
  }
}
