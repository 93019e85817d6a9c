import type { Template } from '../template.js';

export const encoderTemplate: Template = {
  source: `import {
  createMatrix,
  createRandom,
  defineEncoder,
  normalizeRows,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type Encoder,
} from '@routeprofile/schema';

// An encoder goes by its package name, and the encoder of a saved router is found again by its id: keep the two alike.
const NAME = '__NAME__';

/**
 * Three letters at a time, hashed: each triple has a place and a sign, and a text is the sum of its triples, at unit length
 * (Weinberger et al. 2009, arXiv 0902.2206). Put an encoder of your own in its place: a model in this process, or a server.
 */
export default defineEncoder({
  name: NAME,
  summary: 'letter triples, hashed',
  // \`--encoder __NAME__:256\` hands on '256'.
  async create(argument) {
    return triples(dimensionsOf(argument));
  },
});

function triples(dimensions: number): Encoder {
  return {
    specVersion: 1,
    // Vectors are cached by this: whatever changes a vector belongs into it, a key or a password never does.
    id: \`\${NAME}:\${dimensions}\`,
    dimensions,
    // One row per text, in order; an empty text has a vector too. The same text has the same vector in any batch.
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      const out = createMatrix(texts.length, dimensions);
      texts.forEach((text, i) => {
        const row = rowOf(out, i);
        for (const triple of triplesOf(text)) {
          const random = createRandom(0, triple);
          row[random.int(dimensions)]! += random.float() < 0.5 ? 1 : -1;
        }
      });
      return normalizeRows(out);
    },
  };
}

/** With a mark at both ends, so that the empty text has one too. */
function triplesOf(text: string): string[] {
  const marked = \`<\${text.toLowerCase()}>\`;
  return Array.from({ length: Math.max(1, marked.length - 2) }, (_, i) => marked.slice(i, i + 3));
}

function dimensionsOf(argument: string | undefined): number {
  const dimensions = Number(argument ?? 512);
  if (Number.isInteger(dimensions) && dimensions > 0) return dimensions;
  throw new RouteProfileError('BAD_OPTION', \`\${NAME}: '\${argument}' is not a number of dimensions\`, {
    hint: \`Write \${NAME}:256, or \${NAME} alone for 512.\`,
  });
}
`,
  test: `import { describeEncoderContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import encoder from './index.js';

// The suite every encoder passes: one finite vector per text, the same in any batch, interruption.
describeEncoderContract({ describe, it, expect }, encoder.name, () => encoder.create(undefined));

describe('__NAME__', () => {
  it('puts texts that share letters near each other', async () => {
    const { data, cols } = await (await encoder.create('256')).encode(['routing', 'routers', 'a quick fish']);
    const cosine = (i: number, j: number) =>
      data.subarray(i * cols, (i + 1) * cols).reduce((sum, x, d) => sum + x * data[j * cols + d]!, 0);
    expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 2) + 0.2);
  });

  it('refuses what is not a width', async () => {
    await expect(encoder.create('wide')).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});
`,
  usage: `Then, where this package is installed:

\`\`\`sh
npx @routeprofile/cli run --data sample --encoder __NAME__:256
\`\`\`

An encoder that lies beside you needs no build: \`--encoder ./src/index.ts\` runs it from here. A saved router
that was made with it opens where you name the encoder as well (\`route --router DIR --encoder __NAME__:256\`), because its code runs.
`,
};
