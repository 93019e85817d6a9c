import { defineProfile, throwIfAborted, z } from '@routeprofile/schema';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';

/**
 * The encoded name of each model: what a name alone says, such as a family or a size (flat form, representation "text"; nothing is
 * learned). Vectors: [models × dimensions].
 */
export const nameOnlyProfile = defineProfile<Record<string, never>>({
  name: 'name-only',
  summary: 'the encoded name of each model, and nothing else',
  options: z.strictObject({}),
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'text', hops: 0, learning: 'training-free' }),
  async build(input, options, ctx) {
    throwIfAborted(ctx);
    modelPositions('name-only', input);
    return finishProfileSet(this, input, ctx, {
      vectors: await input.encoder.encode([...input.models], ctx),
      options,
      uses: { encoder: true, graph: false },
    });
  },
});
