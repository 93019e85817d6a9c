// Outcomes drawn from a model of the world, for benchmarks of speed: of any size, the same for the same numbers.
import { createMatrix, createRandom, normalizeRowsInPlace } from '@routeprofile/schema';

const TASKS = 12;
/** Directions in which queries differ; embeddings of real queries spread over about as many. */
const RANK = 48;

/**
 * What `RouterStrategy.fit` is given: queries about a few tasks, models of which each is better in some directions, outcomes of 0 or 1
 * for every query and model, and profiles that carry the outcomes as scores.
 */
export function drawnInput(rows, width, dimensions) {
  const random = createRandom(1, 'drawn outcomes', `${rows} ${width} ${dimensions}`);
  const normals = (count) => Float32Array.from({ length: count }, () => random.normal());
  const basis = normals(RANK * dimensions);
  const centres = Array.from({ length: TASKS }, () => normals(RANK));
  const directions = Array.from({ length: width }, () => normals(RANK));
  const strengths = normals(width);
  const raw = createMatrix(rows, dimensions);
  const score = new Float64Array(rows * width);
  const cost = new Float64Array(rows * width);
  const tasks = [];
  const place = new Float32Array(RANK);
  const sums = new Float64Array(dimensions);
  for (let q = 0; q < rows; q++) {
    const task = random.int(TASKS);
    tasks.push(`task ${task}`);
    for (let k = 0; k < RANK; k++) place[k] = centres[task][k] + random.normal();
    sums.fill(0);
    for (let k = 0, at = 0; k < RANK; k++) for (let d = 0; d < dimensions; d++, at++) sums[d] += place[k] * basis[at];
    raw.data.set(sums, q * dimensions);
    const difficulty = random.normal();
    for (let m = 0; m < width; m++) {
      let along = 0;
      for (let k = 0; k < RANK; k++) along += place[k] * directions[m][k];
      const logit = 0.5 * strengths[m] + along / Math.sqrt(RANK) - difficulty;
      score[q * width + m] = random.float() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
      cost[q * width + m] = 0.0001 * (1 + m) * (0.5 + random.float());
    }
  }
  const vectors = normalizeRowsInPlace(raw);
  const models = Array.from({ length: width }, (_, m) => `model-${m}`);
  const keyed = createMatrix(width, rows);
  for (let q = 0; q < rows; q++) for (let m = 0; m < width; m++) keyed.data[m * rows + q] = score[q * width + m];
  const unknown = () => new Float64Array(rows * width).fill(NaN);
  return {
    models,
    candidates: models.map((id) => ({ id, model: id })),
    cards: models.map((name) => ({ name, scores: new Map(), price: null })),
    profiles: {
      models,
      vectors: createMatrix(width, dimensions, normals(width * dimensions)),
      provenance: { strategy: 'drawn', options: {}, encoder: 'drawn', seed: 1 },
      keyed: { keys: vectors, labels: tasks, scores: keyed, queries: Int32Array.from({ length: rows }, (_, q) => q) },
    },
    training: {
      queries: { texts: tasks.map((task, q) => `${task}, query ${q}`), vectors, encoder: 'drawn' },
      tasks,
      pairs: [],
      outcomes: { score, cost, inputTokens: unknown(), outputTokens: unknown(), latency: unknown() },
    },
  };
}
