import type { Template } from '../template.js';

export const profileTemplate: Template = {
  source: `import {
  assertFinite,
  defineProfile,
  normalizeRows,
  RouteProfileError,
  throwIfAborted,
  z,
  type ProfileInput,
} from '@routeprofile/schema';

// A profile goes by its package name.
const NAME = '__NAME__';

// Options are validated and completed by this schema: \`--profile __NAME__:tasks=5\`. All of them need a default.
const options = z.strictObject({
  /** How many of the model's best tasks its text names. */
  tasks: z.number().int().min(0).default(3),
});
type Options = z.infer<typeof options>;

/**
 * A text per model, encoded: its name, its card, and the tasks it is best at. Put a method of your own in its place; whatever it
 * does, it ends with one finite vector per model. Routers that compare queries with profiles, such as \`sim\`, want vectors as wide
 * as the encoder's; others take any width.
 */
export default defineProfile<Options>({
  name: NAME,
  summary: 'card and best tasks of a model as a text, encoded',
  options,
  // 'features': encoded texts of the graph's nodes in \`input.features\`; 'training': training rows in \`input.training\`.
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'text', hops: 0, learning: 'training-free' }),

  async build(input, chosen, ctx) {
    throwIfAborted(ctx);
    const texts = input.models.map((model) => textOf(model, input, chosen));
    const vectors = normalizeRows(await input.encoder.encode(texts, ctx));
    assertFinite(vectors, \`\${NAME}: profiles\`);
    return {
      models: [...input.models],
      vectors,
      texts,
      provenance: {
        strategy: NAME,
        options: { ...chosen },
        designPoint: this.designPoint(chosen),
        encoder: input.encoder.id,
        graph: null,
        seed: ctx.seed,
        versions: {},
      },
    };
  },
});

/** @throws RouteProfileError UNKNOWN_NAME naming a model without a card */
function textOf(model: string, { cards }: ProfileInput, { tasks }: Options): string {
  const card = cards.find(({ name }) => name === model);
  if (!card)
    throw new RouteProfileError('UNKNOWN_NAME', \`\${NAME}: there is no card of \${model}\`, {
      hint: 'Give it one in the dataset.',
    });
  const best = [...card.scores].sort(([, a], [, b]) => b.value - a.value).slice(0, tasks);
  return [\`\${model}: \${card.text}\`, ...best.map(([task, { value }]) => \`\${task}: \${value.toFixed(1)}\`)].join('\\n');
}
`,
  test: `import { parseOptions } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import profile from './index.js';

// The suite every profile passes: one finite vector per model, the same for the same seed, where it comes from, interruption.
describeProfileContract({ describe, it, expect }, profile);

describe('__NAME__', () => {
  it('names the best tasks first', async () => {
    const { texts } = await profile.build(await syntheticProfileInput(), parseOptions(profile, { tasks: 1 }), { seed: 1 });
    expect(texts?.[1]).toBe('beta: a careful model for code\\ncode: 90.0');
  });
});
`,
  usage: `Then, where this package is installed:

\`\`\`sh
npx @routeprofile/cli run --data sample --encoder hash --profile __NAME__:tasks=5 --router sim,linear
\`\`\`

A profile that lies beside you needs no build: \`--profile ./src/index.ts\` runs it from here.
`,
};
