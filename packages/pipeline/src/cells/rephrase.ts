import { PERTURBATIONS, perturbQueries, robustnessOf } from '@routeprofile/eval';
import {
  createRandom,
  takeRows,
  type Dataset,
  type Encoder,
  type QueryBatch,
  type Router,
  type RunContext,
} from '@routeprofile/schema';
import type { CellResult } from './cell-store.js';
import { choicesOf } from './choices.js';

/** Rephrased test queries. */
export interface Rephrased {
  perturbation: string;
  seed: number;
  /** Rows of the test queries they were made of. */
  rows: Int32Array;
  batch: QueryBatch;
}

/** Every perturbation of `count` test queries, drawn at random with the seed and encoded. */
export async function rephrase(
  dataset: Dataset,
  count: number,
  encoder: Encoder,
  ctx: RunContext,
): Promise<Rephrased[]> {
  const { queries } = dataset.test;
  const drawn = createRandom(ctx.seed, 'robustness').sample([...queries.keys()], Math.min(count, queries.length));
  const rows = Int32Array.from(drawn).sort();
  const asked = Array.from(rows, (row) => queries[row]!.text);
  const kinds = PERTURBATIONS.map(({ name }) => ({ perturbation: name, texts: perturbQueries(asked, name, ctx.seed) }));
  // One call for all, so that one bar tells of it.
  const vectors = await encoder.encode(
    kinds.flatMap(({ texts }) => texts),
    ctx,
  );
  return kinds.map(({ perturbation, texts }, k) => {
    const own = takeRows(
      vectors,
      texts.map((_, i) => k * rows.length + i),
    );
    const tasks = Array.from(rows, (row) => queries[row]!.task);
    return { perturbation, seed: ctx.seed, rows, batch: { texts, vectors: own, encoder: encoder.id, tasks } };
  });
}

/** How many of a router's choices stay when its queries are rephrased. */
export async function robustness(
  name: string,
  router: Router,
  choices: Int32Array,
  rephrased: readonly Rephrased[],
  { models, withTasks }: { models: readonly string[]; withTasks: boolean },
  ctx: RunContext,
): Promise<NonNullable<CellResult['robustness']>> {
  const out: NonNullable<CellResult['robustness']> = [];
  for (const { perturbation, seed, rows, batch } of rephrased) {
    const { tasks: _labels, ...unlabelled } = batch;
    const asked = await choicesOf(name, router, withTasks ? batch : unlabelled, models, [], ctx);
    out.push({
      perturbation,
      seed,
      ...robustnessOf(
        rows.map((row) => choices[row]!),
        asked.choices,
      ),
    });
  }
  return out;
}
