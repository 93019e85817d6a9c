import { provenanceSchema } from '../artifacts.js';
import type { RunContext } from '../context.js';
import { RouteProfileError } from '../errors.js';
import { rowOf } from '../matrix.js';
import { parseOptions } from '../options.js';
import type { ProfileInput, ProfileSet, ProfileStrategy } from '../profile.js';
import { fingerprint } from './fingerprint.js';
import { interruptAndResume } from './interruption.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';
import { syntheticProfileInput } from './synthetic-profile.js';

/** How the suite builds profiles, and what it may ask of them. */
export interface ProfileContractOptions {
  /** Raw options for the strategy, to keep training short. Default none. */
  options?: Record<string, unknown>;
  /** A model's vector is the same whichever other models are asked for. Default true. */
  orderIndependent?: boolean;
}

/** A set as it comes back from files. */
const throughJson = (set: ProfileSet): ProfileSet => ({
  ...set,
  provenance: provenanceSchema.parse(JSON.parse(JSON.stringify(set.provenance))),
});

/** The suite every profile strategy passes. */
export function describeProfileContract<O>(
  { describe, it, expect }: TestRunner,
  strategy: ProfileStrategy<O>,
  { options: raw = {}, orderIndependent = true }: ProfileContractOptions = {},
): void {
  const context = (): RunContext => ({ seed: 11 });
  const build = async (input: ProfileInput, ctx: RunContext = context()) =>
    strategy.build(input, parseOptions(strategy, raw), ctx);

  describe(`profile contract: ${strategy.name}`, () => {
    it('declares a name, a summary, spec version 1 and a design point', () => {
      expect(strategy.kind).toBe('profile');
      expect(strategy.specVersion).toBe(1);
      expect(strategy.name.length > 0 && strategy.summary.length > 0).toBe(true);
      expect(strategy.designPoint(parseOptions(strategy, raw)).hops >= 0).toBe(true);
    });

    it('gives every model asked for one finite vector, in order', async () => {
      const input = await syntheticProfileInput();
      const { models, vectors, texts, biases } = await build(input);
      expect(models).toEqual([...input.models]);
      expect(vectors.rows).toBe(models.length);
      expect(vectors.cols).toBeGreaterThan(0);
      expect(vectors.data.length).toBe(vectors.rows * vectors.cols);
      expect(vectors.data.every(Number.isFinite)).toBe(true);
      expect(texts === undefined || texts.length === models.length).toBe(true);
      expect(biases === undefined || biases.length === models.length).toBe(true);
    });

    it('tells models apart', async () => {
      const { models, vectors } = await build(await syntheticProfileInput());
      expect(new Set(models.map((_, i) => rowOf(vectors, i).join())).size).toBe(models.length);
    });

    it('says where it comes from', async () => {
      const { provenance } = await build(await syntheticProfileInput());
      expect(provenanceSchema.safeParse(JSON.parse(JSON.stringify(provenance))).success).toBe(true);
      expect(provenance.strategy).toBe(strategy.name);
      expect(provenance.seed).toBe(11);
    });

    it('gives the same bytes for the same seed, and leaves its input as it was', async () => {
      const input = await syntheticProfileInput();
      const before = fingerprint(input);
      const first = await build(input);
      const second = await build(input);
      expect(fingerprint(first)).toBe(fingerprint(second));
      expect(fingerprint(input) === before).toBe(true);
    });

    it('gives a model the same vector whichever others are asked for', async () => {
      if (!orderIndependent) return;
      const input = await syntheticProfileInput();
      const all = await build(input);
      const backwards = await build({ ...input, models: [...input.models].reverse() });
      all.models.forEach((model, i) => {
        const other = rowOf(backwards.vectors, backwards.models.indexOf(model));
        expect(rowOf(all.vectors, i).every((x, d) => Math.abs(x - other[d]!) < 1e-6)).toBe(true);
      });
    });

    it('names a model it does not know', async () => {
      const input = await syntheticProfileInput();
      const error = await rejectionOf(build({ ...input, models: ['alpha', 'nobody'] }));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('UNKNOWN_NAME');
      expect(error instanceof Error && error.message.includes('nobody')).toBe(true);
    });

    it('goes on after an interruption and ends with the same profiles', async () => {
      const input = await syntheticProfileInput();
      const built = async (ctx: RunContext) => fingerprint(await build(input, ctx));
      const { resumed, repeated } = await interruptAndResume(built, context().seed);
      const whole = await built(context());
      expect(resumed === whole).toBe(true);
      expect(repeated === whole).toBe(true);
    });

    if (strategy.needs.includes('training'))
      it('learns from outcomes of which some are missing', async () => {
        for (const missing of [0, 0.3]) {
          const { models, vectors } = await build(await syntheticProfileInput({ missing }));
          expect(vectors.rows).toBe(models.length);
          expect(vectors.data.every(Number.isFinite)).toBe(true);
        }
      });

    it('takes a model in: what is there keeps every bit', async () => {
      if (!strategy.extend) return;
      const options = parseOptions(strategy, raw);
      const missing = strategy.needs.includes('training') ? { missing: 0.1 } : {};
      const set = throughJson(await build(await syntheticProfileInput({ models: ['alpha', 'beta'], ...missing })));
      const before = fingerprint(set);
      const whole = await syntheticProfileInput({ models: ['alpha', 'beta', 'gamma'] });
      const extended = await strategy.extend(set, whole, options, { seed: 12 });
      expect(fingerprint(set) === before).toBe(true);
      expect(extended.models).toEqual(['alpha', 'beta', 'gamma']);
      expect([extended.vectors.rows, extended.vectors.cols]).toEqual([3, set.vectors.cols]);
      expect([...extended.vectors.data.slice(0, set.vectors.data.length)]).toEqual([...set.vectors.data]);
      expect(extended.vectors.data.every(Number.isFinite)).toBe(true);
      expect([extended.texts?.length, extended.biases?.length]).toEqual([set.texts && 3, set.biases && 3]);
      expect([extended.keyed?.scores.rows, extended.keyed?.keys.rows]).toEqual([set.keyed && 3, set.keyed?.keys.rows]);
      expect(extended.provenance.seed).toBe(11);
      const error = await rejectionOf(strategy.extend(set, { ...whole, models: ['nobody'] }, options, context()));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('UNKNOWN_NAME');
    });

    it('stops when asked to', async () => {
      const controller = new AbortController();
      controller.abort();
      const error = await rejectionOf(
        build(await syntheticProfileInput(), { ...context(), signal: controller.signal }),
      );
      expect(RouteProfileError.isInstance(error) && error.code).toBe('ABORTED');
    });
  });
}
