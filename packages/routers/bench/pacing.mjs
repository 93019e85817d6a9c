// Is a budget spent whole, and well, when λ follows what is spent? Test rows replayed in a router's decisions, one after another:
//   ROUTEPROFILE_DATA=DIR node bench/pacing.mjs [--set routerbench-3task|zeroeval] [--router REF] [--encoder ID] [--way 0.2] [--orders 20]
//     [--seed 42] [--swap]
// The router is fitted on training rows, which also give λ at the start and η (`Pacing`); test rows are read for the replay alone. The
// budget is so far on the way from the cheapest to the dearest single model on training rows. Each request holds back the most that its
// model ever cost before it is sent; a model that does not fit is passed over, and a request that nobody can answer scores 0.
// Orders: shuffled (several), and drifting: by task, each way round. Beside dual ascent: λ fixed where it starts, the best λ in hindsight
// that the budget covers, twice or half as many requests expected as come, and all queries counted alike (demand 1). zeroeval has no costs: prices are assumed (`common/recorded-outcomes.mjs`), tokens are
// characters / 4, and 70 % of its rows, drawn by the seed, are for training. --swap trains on test rows and replays training rows. Prints a Markdown table.
import { parseArgs } from 'node:util';
import { demandOf, paceAfter, startPacing, stillExpected, withCost } from '@routeprofile/routers';
import { createRandom } from '@routeprofile/schema';
import { recordedOutcomes } from './common/recorded-outcomes.mjs';

const { values: args } = parseArgs({
  options: {
    set: { type: 'string', default: 'routerbench-3task' },
    router: { type: 'string', default: 'knn+cost:within=0.02' },
    encoder: { type: 'string', default: 'static' },
    way: { type: 'string', default: '0.2' },
    orders: { type: 'string', default: '20' },
    cache: { type: 'string' },
    seed: { type: 'string', default: '42' },
    swap: { type: 'boolean', default: false },
  },
});

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const sum = (values) => values.reduce((a, b) => a + b, 0);

const { models, train, test, decisions, pacing, encoder } = await recordedOutcomes({
  ...args,
  seed: Number(args.seed),
});
/** The fitted router for a test row, named by its number: what it decides does not depend on the order. */
const recorded = { models, decide: async ({ texts }) => texts.map((row) => decisions[row]) };

const single = (rows, m) => mean(rows.map(({ cost }) => cost[m]));
const singles = models.map((_, m) => single(train, m));
const [cheapest, dearest] = [Math.min(...singles), Math.max(...singles)];
const due = cheapest + Number(args.way) * (dearest - cheapest);
/** The most that a model's calls ever cost: what its limit on output tokens stands for. */
const bounds = models.map((_, m) => Math.max(...[...train, ...test].map(({ cost }) => cost[m])));
const start = startPacing(pacing, due);

/**
 * A budget spent on rows in an order.
 * @param next λ after a query; the same where λ is fixed
 */
async function replay(order, budget, begin, next = (lambda) => lambda, capped = true) {
  let lambda = begin;
  const priced = withCost(recorded, { lambda: () => lambda, instead: true });
  let [spent, quality, refused] = [0, 0, 0];
  for (const [t, row] of order.entries()) {
    const [{ ranked }] = await priced.decide({ texts: [row] });
    const left = budget - spent;
    const choice = ranked.map(({ model }) => models.indexOf(model)).find((m) => !capped || bounds[m] <= left);
    if (choice === undefined) {
      refused++;
      continue;
    }
    const { score, cost } = test[row];
    spent += cost[choice];
    quality += score[choice];
    lambda = next(lambda, cost[choice], budget - spent, t, ranked);
  }
  return { share: spent / budget, quality: quality / order.length, refused, lambda };
}

const dual =
  (expected, alike = false) =>
  (lambda, cost, left, t, ranked) =>
    paceAfter(lambda, start.rate, cost, {
      left,
      seen: t + 1,
      expected: stillExpected(expected, t + 1, 1 - (t + 1) / rows.length),
      demand: alike ? 1 : demandOf(ranked, pacing, lambda),
    });

/** The best quality of a fixed λ that the budget covers, with all test rows known. */
async function hindsight(rows, budget) {
  const dollars = (lambda) => replay(rows, budget, lambda, undefined, false);
  const scales = [0, ...Array.from({ length: 160 }, (_, i) => 10 ** (-1 + i / 20))];
  let best = { quality: -1 };
  for (const lambda of scales) {
    const trial = await dollars(lambda);
    if (trial.share <= 1 && trial.quality > best.quality) best = { ...trial, lambda };
  }
  return best;
}

const rows = [...test.keys()];
const budget = due * rows.length;
const shuffles = Array.from({ length: Number(args.orders) }, (_, i) =>
  createRandom(42, 'order', String(i)).shuffle([...rows]),
);
const taskOf = (row) => test[row].task ?? '';
const byTask = [...shuffles[0]].sort((a, b) => (taskOf(a) < taskOf(b) ? -1 : taskOf(a) > taskOf(b) ? 1 : 0));
const drifts = [byTask, [...byTask].reverse()];
const ideal = await hindsight(rows, budget);

console.log(
  `${args.set}, ${args.router} on ${encoder}: ${train.length} training rows, ${test.length} test rows, ${models.length} models\n` +
    `Budget $${due.toPrecision(3)} per query (cheapest model $${cheapest.toPrecision(3)}, dearest $${dearest.toPrecision(3)}); ` +
    `λ starts at ${start.lambda.toPrecision(3)}, η ${start.rate.toPrecision(2)} (${pacing.rate} of it), both from training rows.\n` +
    `Hindsight: λ ${ideal.lambda.toPrecision(3)}, quality ${ideal.quality.toFixed(4)}, ${(100 * ideal.share).toFixed(1)} % of the budget.\n`,
);
console.log(
  '| order | policy | budget spent, % (lowest to highest) | quality (lowest to highest) | against hindsight | refused |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
const span = (values, digits, scale = 1) =>
  `${(scale * mean(values)).toFixed(digits)} (${(scale * Math.min(...values)).toFixed(digits)}–${(scale * Math.max(...values)).toFixed(digits)})`;
for (const [name, orders] of [
  ['shuffled', shuffles],
  ['by task', drifts],
])
  for (const [policy, next] of [
    ['λ fixed', undefined],
    ['dual ascent', dual(rows.length)],
    ['dual ascent, queries alike', dual(rows.length, true)],
    ['dual ascent, twice as many expected', dual(2 * rows.length)],
    ['dual ascent, half as many expected', dual(rows.length / 2)],
  ]) {
    const trials = [];
    for (const order of orders) trials.push(await replay(order, budget, start.lambda, next));
    if (trials.some(({ share }) => share > 1)) throw new Error(`${policy} passed the cap`);
    const qualities = trials.map(({ quality }) => quality);
    console.log(
      `| ${name} | ${policy} | ${span(
        trials.map(({ share }) => share),
        1,
        100,
      )} | ${span(qualities, 4)} | ${(mean(qualities) - ideal.quality).toFixed(4)} | ${sum(trials.map(({ refused }) => refused)) / trials.length} |`,
    );
  }
