import { RouteProfileError, defineProfile, normalizeRows, takeRows, throwIfAborted } from '@routeprofile/schema';
import { extendProfileSet } from '../common/extend.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { scoreSources } from '../common/standing.js';
import { completeEmbGnnOptions, embGnnOptions, type EmbGnnOptions } from './options.js';
import { propagate } from './propagate.js';
import { scoreFactors } from './score-factors.js';

/**
 * Text vectors passed K hops along the graph, weighted by degrees and scores; nothing is learned (RouteProfile, arXiv 2605.00180:
 * structured form, representation "embedding"). Vectors: [models × encoder's dimensions], of unit length by default. See `propagate` for the formula, and the options for what differs from the published code.
 */
export const embGnnProfile = defineProfile<EmbGnnOptions>({
  name: 'emb-gnn',
  summary: 'text vectors averaged over K hops of the graph, weighted by scores; nothing is trained',
  options: embGnnOptions,
  needs: ['features'],
  designPoint: ({ hops }) => ({ form: 'structured', representation: 'embedding', hops, learning: 'training-free' }),
  async build(input, given, ctx) {
    throwIfAborted(ctx);
    const options = completeEmbGnnOptions(given);
    const { graph, cards, features } = input;
    const positions = modelPositions('emb-gnn', input);
    if (!features)
      throw new RouteProfileError('BAD_INPUT', 'emb-gnn: the input has no node features', {
        hint: 'Encode the graph first, with encodeNodes of @routeprofile/graph.',
      });
    const sources = options.sources === 'apart' ? scoreSources(graph, cards) : undefined;
    const factors = scoreFactors(graph, { scores: options.scores, floor: options.floor, sources });
    const { model } = propagate(graph, features, { ...options, factors }, ctx);
    const vectors = takeRows(model!, positions);
    return finishProfileSet(this, input, ctx, {
      vectors: options.normalize ? normalizeRows(vectors) : vectors,
      options,
      uses: { encoder: true, graph: true },
    });
  },
  /** The new models' vectors are those of the whole graph with them in it; what they would change of others' is left out. */
  async extend(set, input, given, ctx) {
    return extendProfileSet(this, set, input, completeEmbGnnOptions(given), ctx, (missing, seeded) =>
      this.build(missing, given, seeded),
    );
  },
});
