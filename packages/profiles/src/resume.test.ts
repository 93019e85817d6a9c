import { parseOptions, type ProfileInput, type ProfileStrategy, type RunContext } from '@routeprofile/schema';
import { emptyOutcomes, interruptAndResume, syntheticProfileInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { builtInProfiles } from './built-in.js';

/** With training rows: which model is right depends on the row. */
async function inputWithRows(): Promise<ProfileInput> {
  const input = await syntheticProfileInput();
  const query = input.features!.query!;
  const [rows, models] = [60, input.models.length];
  const outcomes = emptyOutcomes(rows, models);
  for (let k = 0; k < rows * models; k++) outcomes.score[k] = (k * 7) % 5 < 2 ? 1 : 0;
  const vectors = { rows, cols: query.cols, data: new Float32Array(rows * query.cols) };
  for (let q = 0; q < rows; q++)
    vectors.data.set(
      query.data.subarray((q % query.rows) * query.cols, ((q % query.rows) + 1) * query.cols),
      q * query.cols,
    );
  const tasks = Array.from({ length: rows }, (_, q) => ['arithmetic', 'history', 'code'][q % 3]!);
  const texts = tasks.map((task, q) => `question ${q} of ${task}`);
  return {
    ...input,
    training: { queries: { texts, vectors, encoder: input.encoder.id, tasks }, tasks, pairs: [], outcomes },
  };
}

/** Options that keep a training short. */
const SHORT: Record<string, Record<string, unknown>> = { 'trainable-gnn': { hidden: 8, heads: 2, epochs: 5 } };

/** Trained by gradient, epoch by epoch: what they have learned so far must be kept. */
const BY_GRADIENT = ['trainable-gnn'];

describe('a profile that is interrupted while it is built', () => {
  it.each(builtInProfiles.map((profile) => [profile.name, profile] as const))(
    '%s: goes on to the same bytes',
    async (name, profile: ProfileStrategy) => {
      const input = await inputWithRows();
      const built = async (ctx: RunContext) => {
        const { vectors, biases, keyed, texts } = await profile.build(
          input,
          parseOptions(profile, SHORT[name] ?? {}),
          ctx,
        );
        const bytes = [vectors.data, biases, keyed?.scores.data].map(
          (data) => data && Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        );
        return JSON.stringify([bytes, texts]);
      };
      const { resumed, repeated, interruptions, kept } = await interruptAndResume(built, 7);
      const whole = await built({ seed: 7 });
      expect(resumed === whole).toBe(true);
      expect(repeated === whole).toBe(true);
      if (BY_GRADIENT.includes(name)) expect([interruptions, kept]).toEqual([2, 1]);
    },
  );
});
