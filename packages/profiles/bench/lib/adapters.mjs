// A catalogue of SYNTHETIC adapters around real model profiles. Nobody trained these adapters: names, vectors, prices and what they are worth are
// drawn from a seed.
import { createMatrix, createRandom, rowOf } from '@routeprofile/schema';

/** Directions in which the adapters of one model differ from it. */
const RANK = 8;
/** The longest difference, as a share of the model's own profile. */
const LARGEST = 0.01;
/** What an adapter gains on a query that its difference points straight at, in shares of one. */
const GAIN = 0.3;
const PART = 8_192;

const OFFERS = [
  { price: { input: 0.1, output: 0.4 }, capabilities: { tools: true, region: 'us' } },
  { price: { input: 0.2, output: 0.8 }, capabilities: { tools: true, vision: true, region: 'us' } },
  { price: { input: 0.4, output: 1.6 }, limits: { contextTokens: 32_000 }, capabilities: { region: 'eu' } },
  { capabilities: { local: true, region: 'eu', tools: true } },
];

/**
 * @param profiles [models × dimensions] of real models
 * @returns a source for `build`, and what each adapter is worth
 */
export function syntheticAdapters(profiles, encoder, count, seed) {
  const { rows: models, cols } = profiles;
  const random = createRandom(seed, 'synthetic adapters');
  const directions = Array.from({ length: models }, () => {
    const out = createMatrix(RANK, cols);
    for (let r = 0; r < RANK; r++) {
      const row = rowOf(out, r);
      row.forEach((_, d) => (row[d] = random.normal()));
      const length = Math.hypot(...row);
      row.forEach((x, d) => (row[d] = x / length));
    }
    return out;
  });
  // Few models have most adapters: shares fall as 1 / rank.
  const ranked = random.shuffle([...Array(models).keys()]);
  const shares = ranked.map((_, r) => 1 / (r + 1));
  const total = shares.reduce((a, b) => a + b, 0);
  const drawBase = (r) => {
    let left = r.float() * total;
    return ranked.find((_, i) => (left -= shares[i]) < 0) ?? ranked.at(-1);
  };
  const lengths = Array.from({ length: models }, (_, m) => Math.hypot(...rowOf(profiles, m)));

  /** Adapter number i: its vector, into `out`, and its model. Each has a stream of its own. With `alone`, only the unit direction of its difference. */
  const draw = (i, out, alone = false) => {
    const own = createRandom(seed, 'adapter', String(i));
    const base = drawBase(own);
    out.fill(0);
    for (let r = 0; r < RANK; r++) {
      const [weight, { data }, at] = [own.normal(), directions[base], r * cols];
      for (let d = 0; d < cols; d++) out[d] += weight * data[at + d];
    }
    let square = 0;
    for (let d = 0; d < cols; d++) square += out[d] * out[d];
    const size = (alone ? 1 : own.float() * LARGEST * lengths[base]) / Math.sqrt(square);
    const { data } = profiles;
    for (let d = 0, at = base * cols; d < cols; d++, at++) out[d] = (alone ? 0 : data[at]) + size * out[d];
    return base;
  };
  const nameOf = (i) => `synthetic-adapter-${i}`;

  return {
    nameOf,
    vectorOf(i) {
      const out = new Float32Array(cols);
      draw(i, out);
      return out;
    },
    offerOf: (i) => OFFERS[i % OFFERS.length],
    /** The real outcome of the adapter's model on the query, and what the adapter (synthetic) adds. Null where the model was not measured. */
    worth(i, query, outcomeOf) {
      const direction = new Float32Array(cols);
      const base = draw(i, direction, true);
      const outcome = outcomeOf(base);
      if (Number.isNaN(outcome)) return null;
      let along = 0;
      for (let d = 0; d < cols; d++) along += direction[d] * query[d];
      return Math.min(1, Math.max(0, outcome + GAIN * along));
    },
    source: {
      models: count,
      dimensions: cols,
      encoder,
      *rows() {
        for (let at = 0; at < count; at += PART) {
          const size = Math.min(PART, count - at);
          const vectors = createMatrix(size, cols);
          for (let i = 0; i < size; i++) draw(at + i, rowOf(vectors, i));
          const numbers = Array.from({ length: size }, (_, i) => at + i);
          yield { models: numbers.map(nameOf), vectors, offers: numbers.map((i) => OFFERS[i % OFFERS.length]) };
        }
      },
    },
  };
}
