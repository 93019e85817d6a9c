import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashJson, readJsonFile, writeJsonFile } from '@routeprofile/data';
import { plural, queryText, z } from '@routeprofile/schema';
import { callKey } from '../journal/journal.js';
import { expectedCost, expectedOutput } from '../plan/estimate.js';
import { affordable, gridSize, type Pair } from '../plan/grid.js';
import { mostTelling } from '../plan/most-telling.js';
import type { Result } from './results.js';
import type { CollectParts, Setting } from './setting.js';
import { ask, callsOf, estimates, everyPair, grade, gradingShare, sum, type Run } from './steps.js';

/** Of the money for asking, the share that a complete grid gets. */
const GRID_SHARE = 0.5;
/** Rounds of choosing: answers turn out shorter or longer than expected, and what they score changes what tells most. */
const ROUNDS = 8;

const planFileSchema = z.object({
  version: z.literal(1),
  /** Hash of what the plan was made for. */
  key: z.string(),
  /** Items of the grid: so many, in the order of the seed. */
  grid: z.number().int().min(0),
  /** Item and model of each further call, by position, one list for each round; an empty one when nothing more can be paid. */
  rounds: z.array(z.array(z.tuple([z.number().int().min(0), z.number().int().min(0)]))),
});
/** `plan.json`: which calls the budget goes to, so that a run that goes on keeps to it. */
type PlanFile = z.infer<typeof planFileSchema>;

/** Whether the budget covers the most that pairs and their grading can cost. */
export function covers({ setting, journal, graderOf }: Run, pairs: readonly Pair[], budget: number): boolean {
  const { models, judges } = estimates(setting, pairs, graderOf, journal);
  return (sum([...models, ...judges].map(({ atMost }) => atMost)) ?? Infinity) <= budget - journal.spent;
}

/**
 * Spends a budget that does not cover all: on a complete grid first, all models on a stratified part of the items, so that they can be
 * compared; then, round by round, on the pairs that tell most of what is not known yet.
 */
export async function askByPlan(run: Run, budget: number, { encode }: CollectParts): Promise<Result[]> {
  const { setting, journal, ctx } = run;
  const pairs = everyPair(setting);
  const path = join(setting.out, 'plan.json');
  const plan = await openPlan(path, run, pairs, budget);
  const share = (of: readonly Pair[]) => gradingShare(run, of, Math.max(0, budget - journal.spent));
  const grid = gridPairs(setting, plan.grid);
  let results = await grade(run, await ask(run, grid, share(pairs)));
  const planned = new Set(grid.map(nameOf));
  const vectors =
    encode &&
    (await encode(
      setting.items.map(({ query }) => queryText(query) ?? ''),
      ctx,
    ));
  for (let round = 0; round < ROUNDS; round++) {
    const open = (pair: Pair) => setting.askedOf[pair.item]!.includes(pair.model) && !planned.has(nameOf(pair));
    const rest = pairs.filter(open);
    if (plan.rounds[round] === undefined) {
      const scores = scoresOf(setting, results);
      const ranked = vectors && mostTelling(vectors, scores, setting.candidates.length, open, ctx);
      const left = Math.max(0, budget - journal.spent);
      const chosen = affordable(ranked ?? rest, costs(run), left - share(rest));
      plan.rounds.push(chosen.map(({ item, model }) => [item, model]));
      await writeJsonFile(path, plan);
    }
    const chosen = plan.rounds[round]!.map(([item, model]) => ({ item, model }));
    if (chosen.length === 0) break;
    chosen.forEach((pair) => planned.add(nameOf(pair)));
    const asked = await ask(run, chosen, share(chosen));
    results = await regrade(run, results, asked);
    // What is left does not cover the most that one of them can cost.
    if (asked.every(({ answer }) => !answer)) break;
  }
  const further = plan.rounds.reduce((total, round) => total + round.length, 0);
  ctx.logger?.info(
    `The budget does not cover everything: all models were planned for ${plural(plan.grid, 'query', 'queries')}, then ${plural(further, 'single call')}.`,
  );
  return results;
}

const nameOf = ({ item, model }: Pair): string => `${item} ${model}`;

const gridPairs = ({ order, askedOf }: Setting, count: number): Pair[] =>
  everyPair({ order: order.slice(0, count), askedOf });

/** Grades what is new, with what it has to be compared with. */
async function regrade(run: Run, earlier: readonly Result[], asked: readonly Result[]): Promise<Result[]> {
  const touched = new Set(asked.filter(({ answer }) => answer).map(({ item }) => item));
  const all = [...earlier, ...asked];
  const together = all.filter(({ item }) => touched.has(item));
  const apart = all.filter(({ item }) => !touched.has(item));
  return [...apart, ...(await grade(run, together))];
}

/** [items × candidates], NaN where there is no score. */
function scoresOf({ items, candidates }: Setting, results: readonly Result[]): Float64Array {
  const scores = new Float64Array(items.length * candidates.length).fill(NaN);
  for (const { item, candidate, grade: given } of results)
    scores[item * candidates.length + candidate] = given?.score ?? NaN;
  return scores;
}

/** Dollars that a pair is expected to cost; 0 where its answer is there. */
function costs({ setting, journal }: Run): (pair: Pair) => number {
  const outputOf = expectedOutput(journal);
  return ({ item, model }) => {
    const call = setting.callOf(item, model);
    if (journal.answer(callKey(call.model.chat.id, call.messages))) return 0;
    return expectedCost(call.model, call.messages, outputOf(call.model));
  };
}

/** The plan of an earlier run for the same, or a new one. */
async function openPlan(path: string, run: Run, pairs: readonly Pair[], budget: number): Promise<PlanFile> {
  const { setting, journal } = run;
  const { seed, grader, taskGraders } = setting.config;
  const key = hashJson({
    calls: callsOf(setting, pairs).map(({ model, messages }) => callKey(model.chat.id, messages)),
    grader: [grader, taskGraders],
    budget,
    seed,
  });
  if (existsSync(path)) {
    const earlier = await readJsonFile(path, planFileSchema);
    if (earlier.key === key) return earlier;
  }
  const left = Math.max(0, budget - journal.spent);
  const dollars = (left - gradingShare(run, pairs, left)) * GRID_SHARE;
  const plan: PlanFile = {
    version: 1,
    key,
    grid: gridSize(setting.order, setting.askedOf, costs(run), dollars),
    rounds: [],
  };
  await writeJsonFile(path, plan);
  return plan;
}
