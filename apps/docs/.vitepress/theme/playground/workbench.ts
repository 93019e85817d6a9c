import { buildGraph, encodeNodes, toHetero } from '@routeprofile/graph';
import { advantageProfile } from '@routeprofile/profiles';
import { withCost } from '@routeprofile/routers';
import {
  createMatrix,
  normalizeRows,
  parseOptions,
  RouteProfileError,
  rowOf,
  type Decision,
  type Encoder,
  type KeyedScores,
  type Matrix,
  type Router,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { LAMBDAS } from './prices';
import type { Advantage, Neighbour, PricedChoice, Routing } from './routing';
import type { Sample } from './sample';

const NEIGHBOURS = 8;
/** Nearest training queries whose tasks are counted. */
const VOTERS = 20;

/** The sample as one encoder reads it: training vectors, the profile, and what routers are fitted on. */
export interface Workbench {
  encoder: Encoder;
  sample: Sample;
  input: RouterInput;
  /** Unit rows, one a training query. */
  vectors: Matrix;
  keyed: KeyedScores;
}

export interface Timed<T> {
  value: T;
  seconds: number;
}

export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/** Encodes the training queries and builds the `advantage` profile of every model from them. */
export async function openWorkbench(sample: Sample, encoder: Encoder, ctx: RunContext): Promise<Workbench> {
  const texts = sample.queries.map(({ text }) => text);
  const vectors = await encoder.encode(texts, ctx);
  const graph = toHetero(buildGraph(sample.graph, { preset: 'query-task' }));
  // Pairs are left out: whatever is fitted here reads outcomes.
  const training = {
    queries: { texts, ids: sample.queries.map(({ id }) => id), vectors, encoder: encoder.id },
    tasks: sample.queries.map(({ task }) => task),
    pairs: [],
    outcomes: sample.outcomes,
  };
  const { models, candidates, cards } = sample;
  const features = await encodeNodes(graph, withKnown(encoder, texts, vectors), ctx);
  const profiles = await advantageProfile.build(
    { models, cards, graph, features, training, encoder },
    parseOptions(advantageProfile, {}),
    ctx,
  );
  if (!profiles.keyed) throw new RouteProfileError('INTERNAL', 'the advantage profile carries no scores');
  return {
    encoder,
    sample,
    input: { models, candidates, cards, profiles, training },
    vectors: normalizeRows(vectors),
    keyed: profiles.keyed,
  };
}

/** The encoder, asked only for texts whose vectors are not there yet: the graph's queries are the training queries. */
function withKnown(encoder: Encoder, texts: readonly string[], vectors: Matrix): Encoder {
  const known = new Map(texts.map((text, i) => [text, i]));
  return {
    specVersion: 1,
    id: encoder.id,
    dimensions: encoder.dimensions,
    async encode(wanted, ctx) {
      const others = wanted.filter((text) => !known.has(text));
      const encoded = await encoder.encode(others, ctx);
      const out = createMatrix(wanted.length, encoder.dimensions);
      let next = 0;
      wanted.forEach((text, i) => {
        const row = known.get(text);
        out.data.set(row === undefined ? rowOf(encoded, next++) : rowOf(vectors, row), i * out.cols);
      });
      return out;
    },
  };
}

/** Routes one query: scores, the choice at every cost weight λ, and what stands near it. */
export async function route(workbench: Workbench, router: Router, query: string): Promise<Routing> {
  const { encoder } = workbench;
  const encoded = await timed(() => encoder.encode([query]));
  const batch = { texts: [query], vectors: encoded.value, encoder: encoder.id };
  const decided = await timed(() => router.decide(batch));
  const decision = only(decided.value);
  const nearest = nearestTo(workbench, encoded.value);
  return {
    query,
    encoder: encoder.id,
    scores: decision.ranked.map(({ model, score, probability, expectedCost, expectedLatency }) => ({
      model,
      score,
      chance: probability ?? null,
      cost: expectedCost ?? null,
      latency: expectedLatency ?? null,
    })),
    reasons: decision.reasons,
    choices: await choicesAtPrices(router, decision),
    neighbours: nearest.slice(0, NEIGHBOURS),
    tasks: advantages(workbench, nearest.slice(0, VOTERS)),
    seconds: { encode: encoded.seconds, decide: decided.seconds },
  };
}

function only(decisions: readonly Decision[]): Decision {
  const [decision] = decisions;
  if (decision === undefined || decisions.length > 1)
    throw new RouteProfileError('INTERNAL', `one query got ${decisions.length} decisions`);
  return decision;
}

/** The wrapper `cost` around a router that has decided already, at every position of the slider. */
async function choicesAtPrices(router: Router, decision: Decision): Promise<PricedChoice[]> {
  const decided: Router = { ...router, decide: async () => [decision] };
  return Promise.all(
    LAMBDAS.map(async (lambda) => {
      const priced = only(await withCost(decided, { lambda }).decide({ texts: [''] }));
      const reason = priced.reasons.find(({ kind }) => kind === 'cost');
      return { lambda, model: priced.model, reason: reason?.text ?? null };
    }),
  );
}

/** Training queries by cosine, most similar first. */
function nearestTo({ vectors, sample }: Workbench, encoded: Matrix): Neighbour[] {
  const query = rowOf(normalizeRows(encoded), 0);
  const width = sample.models.length;
  const similarity = sample.queries.map((_, q) => rowOf(vectors, q).reduce((sum, x, j) => sum + x * query[j]!, 0));
  return sample.queries
    .map(({ id, text, task }, q) => ({
      id,
      text,
      task,
      similarity: similarity[q]!,
      outcomes: Array.from(sample.outcomes.score.subarray(q * width, (q + 1) * width), (x) =>
        Number.isNaN(x) ? null : x,
      ),
    }))
    .sort((a, b) => b.similarity - a.similarity);
}

/** By task: how many of the nearest are of it, and what the profile says each model is worth there beside the others. */
function advantages({ sample, keyed }: Workbench, nearest: readonly Neighbour[]): Advantage[] {
  return sample.graph.tasks.map(({ name }) => {
    const key = keyed.labels.indexOf(name);
    return {
      task: name,
      share: nearest.filter(({ task }) => task === name).length / nearest.length,
      advantages: sample.models.map((_, m) => {
        const score = key === -1 ? NaN : keyed.scores.data[m * keyed.scores.cols + key]!;
        return Number.isNaN(score) ? null : score;
      }),
    };
  });
}
