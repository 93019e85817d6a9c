import { createRandom } from '@routeprofile/schema';
import type { StaticVectors } from '../model/format.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';

const RESERVED = ['<unk>', '<s>', '</s>', '<1>', '<2>', '<3>'];
/** All letters are pieces: where a place in a word is the end of none, the dialect's oddities begin. */
const PIECES: readonly [string, number][] = [
  ...['▁', '▁red', '▁blue', 's', '▁sum', '▁of'].map((piece, i): [string, number] => [piece, -2 - i / 8]),
  ...[...'redblumof'].map((letter): [string, number] => [letter, -6]),
];

/** A static encoder of 21 pieces and 128 dimensions. */
export function toyVectors(seed = 1): StaticVectors {
  const random = createRandom(seed, 'toy');
  const vocabulary: Vocabulary = [...RESERVED.map((piece): [string, number] => [piece, 0]), ...PIECES];
  const dimensions = 128;
  return {
    vocabulary,
    dimensions,
    vectors: Int8Array.from({ length: vocabulary.length * dimensions }, () => random.int(255) - 127),
    scale: Float32Array.from({ length: dimensions }, () => 0.005 + random.float() / 100),
    offset: Float32Array.from({ length: dimensions }, () => random.normal() / 10),
  };
}
