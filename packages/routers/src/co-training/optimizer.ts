import { createAdamW, type AdamW, type Runtime, type Variables } from '@routeprofile/tensor';
import { PREFIX } from './learned-profile.js';
import type { CoTrainOptions } from './options.js';

const partOf = <T>(record: Readonly<Record<string, T>>, coTrained: boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name.startsWith(PREFIX) === coTrained));

/**
 * AdamW over the router's parameters and, with a rate and decay of their own, those of the learned profiles. The norms of
 * the two are clipped apart, so that the router's steps do not depend on how large the profiles' gradients are.
 */
export function createJointOptimizer(
  tf: Runtime['tf'],
  variables: Variables,
  weightDecay: number,
  { coTrainRate, coTrainDecay }: CoTrainOptions,
): AdamW {
  const router = createAdamW(tf, partOf(variables, false), { weightDecay });
  const learned = partOf(variables, true);
  if (Object.keys(learned).length === 0) return router;
  const profile = createAdamW(tf, learned, { weightDecay: coTrainDecay });
  return {
    step(gradients, rate, maxNorm) {
      router.step(partOf(gradients, false), rate, maxNorm);
      profile.step(partOf(gradients, true), rate * coTrainRate, maxNorm);
    },
    // Both have taken as many steps: the one entry that they share is the same.
    save: async () => ({ ...(await router.save()), ...(await profile.save()) }),
    restore(state) {
      router.restore(state);
      profile.restore(state);
    },
    dispose() {
      router.dispose();
      profile.dispose();
    },
  };
}
