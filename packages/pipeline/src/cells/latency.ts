import type { QueryBatch, Router, RunContext } from '@routeprofile/schema';
import { batchPart } from './choices.js';

/** Milliseconds of one decision on one query, its vector at hand. */
export interface DecisionLatency {
  p50: number;
  p99: number;
  decisions: number;
}

const WARM_UP = 20;
const MEASURED = 200;

/** Times single decisions on the first queries of a batch; they belong to `timings.json`, never to results. */
export async function decisionLatency(
  router: Router,
  queries: QueryBatch,
  ctx: RunContext,
): Promise<DecisionLatency | undefined> {
  const count = queries.texts.length;
  if (count === 0) return undefined;
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + MEASURED; i++) {
    const one = batchPart(queries, i % count, (i % count) + 1);
    const started = performance.now();
    await router.decide(one, ctx);
    if (i >= WARM_UP) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { p50: at(0.5), p99: at(0.99), decisions: times.length };
}
