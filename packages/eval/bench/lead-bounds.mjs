// Which lower bound of a difference errs as often as it says, and which one sees a difference? Measures quality, not speed; run by hand:
//   node bench/lead-bounds.mjs [--logs 500] [--decisions 1500,3000] [--error 0.05] [--least 0.2]
// Logs of two models are drawn from laws with one truth, 0, in which the second is drawn rarely: `least` is its smallest chance, the largest is
// 0.5; --least keeps the laws of one. Rewards are 0 or 1, right in a share `right` of answers for the average query; expectations miss them by `off`. Bounds: `plain` by Student's
// t; `hall`, the lower of it and of Hall's (1992, "On the removal of skewness by transformation", cubic); `worst`, the lower of it and of
// Student's t with the worst row counted twice; `pooled`, that of `offPolicyLead`. Prints a Markdown table: how often each is above 0,
// and how often it would be if the truth were 3 standard errors.
import { parseArgs } from 'node:util';
import { fitOffPolicy, offPolicyDifference, offPolicyLead } from '@routeprofile/eval';
import { normalQuantile, sigmoid } from '@routeprofile/numerics';
import { createRandom } from '@routeprofile/schema';

const { values: args } = parseArgs({
  options: {
    logs: { type: 'string', default: '500' },
    decisions: { type: 'string', default: '1500,3000' },
    error: { type: 'string', default: '0.05' },
    least: { type: 'string' },
  },
});
const [LOGS, ERROR] = [Number(args.logs), Number(args.error)];
const BOUNDS = ['plain', 'hall', 'worst', 'pooled'];
/** Chance of the first model, where it is not all that the second leaves; on the rest of a log's rows the two do not differ. */
const FIRST = [0.3, 0.9];

const LAWS = [
  { least: 0.01, differing: 0.3, right: [0.9, 0.9] },
  { least: 0.02, differing: 0.3, right: [0.9, 0.9] },
  { least: 0.02, differing: 0.5, right: [0.95, 0.95] },
  { least: 0.02, differing: 0.3, right: [0.8, 0.8] },
  { least: 0.02, differing: 0.3, right: [0.5, 0.5] },
  { least: 0.02, differing: 0.3, right: [0.95, 0.5] },
  { least: 0.02, differing: 0.3, right: [0.5, 0.95] },
  { least: 0.02, differing: 0.3, right: [0.7, 0.95] },
  { least: 0.02, differing: 0.5, right: [0.9, 0.9], off: 0.6 },
  { least: 0.05, differing: 1, right: [0.95, 0.95] },
  { least: 0.2, differing: 0.5, right: [0.8, 0.8] },
  { least: 0.05, differing: 1, right: [0.1, 0.1] },
];

/** Three models, of which the third is drawn where neither of the two is. */
function drawLog({ least, differing, right: [rare, frequent], off = 0.1 }, rows, random) {
  const [values, score, expected] = [new Float64Array(3 * rows), new Float64Array(3 * rows).fill(NaN), []];
  const choices = new Int32Array(rows);
  const chosen = Int32Array.from(choices, (_, row) => {
    const differs = random.float() < differing;
    const place = random.float();
    const second = least * (0.5 / least) ** place;
    const first = Math.min(1 - second, FIRST[0] + (FIRST[1] - FIRST[0]) * random.float());
    const right = rare + (frequent - rare) * place;
    const chances = [0, 1].map(() => sigmoid(Math.log(right / (1 - right)) + random.normal()));
    const guessed = chances.map((chance) => Math.min(1, Math.max(0, chance + off * random.normal())));
    expected.push(...guessed, 0);
    values.set([first, second, Math.max(0, 1 - first - second)], 3 * row);
    choices[row] = differs ? 1 : 0;
    const drawn = random.float();
    const model = drawn < first ? 0 : drawn < first + second ? 1 : 2;
    score[3 * row + model] = model < 2 && random.float() < chances[model] ? 1 : 0;
    return model;
  });
  return { chosen, values, score, expected, choices };
}

function evidenceOf({ chosen, values, score, expected }) {
  const predict = ({ predictFor }) =>
    Float64Array.from(
      { length: 3 * predictFor.length },
      (_, k) => expected[3 * predictFor[Math.floor(k / 3)] + (k % 3)],
    );
  const log = { models: ['first', 'second', 'third'], chosen, score, propensities: { of: 'all', values } };
  return fitOffPolicy(log, { seed: 1, rewardModel: { name: 'known', predict } });
}

/** What each row adds to the difference. */
const influences = ({ chosen, values, score, expected, choices }) =>
  Float64Array.from(choices, (choice, row) => {
    if (choice === 0) return 0;
    const model = chosen[row];
    const surprise = model === 2 ? 0 : (score[3 * row + model] - expected[3 * row + model]) / values[3 * row + model];
    return expected[3 * row + 1] - expected[3 * row] + (model === 1 ? surprise : -surprise);
  });

const average = (list) => list.reduce((a, b) => a + b, 0) / list.length;

function hall(perRow) {
  const rows = perRow.length;
  const mean = average(perRow);
  const spread = Math.sqrt((average(perRow.map((x) => (x - mean) ** 2)) * rows) / (rows - 1));
  const skew = average(perRow.map((x) => ((x - mean) / spread) ** 3));
  const z = normalQuantile(1 - ERROR) / Math.sqrt(rows);
  return mean - (skew === 0 ? z : (3 / skew) * (Math.cbrt(1 + skew * (z - skew / (6 * rows))) - 1)) * spread;
}

/** The log with one of its rows counted twice. */
function withTwice(log, row) {
  const twice = (values, width = 1) => [...values, ...values.slice(width * row, width * (row + 1))];
  return {
    chosen: Int32Array.from(twice(log.chosen)),
    choices: Int32Array.from(twice(log.choices)),
    values: Float64Array.from(twice(log.values, 3)),
    score: Float64Array.from(twice(log.score, 3)),
    expected: twice(log.expected, 3),
  };
}

const plainLow = (log) => {
  const other = { choices: log.choices.map(() => 0) };
  const { score } = offPolicyDifference(evidenceOf(log), log, other, { level: 1 - 2 * ERROR, leastEffectiveRows: 1 });
  return score.dr.known ? score.dr.low : -Infinity;
};

function boundsOf(log) {
  const lead = offPolicyLead(evidenceOf(log), log, { choices: log.choices.map(() => 0) }, { error: ERROR });
  if (!lead.difference.known) return undefined;
  const perRow = influences(log);
  const plain = plainLow(log);
  const worst = plainLow(withTwice(log, perRow.indexOf(perRow.reduce((a, b) => Math.min(a, b)))));
  return [plain, Math.min(plain, hall(perRow)), Math.min(plain, worst), lead.difference.low];
}

const percent = (count, of) => `${((100 * count) / of).toFixed(1)} %`;

for (const rows of args.decisions.split(',').map(Number)) {
  console.log(`\n${rows} decisions, ${LOGS} logs per law, stated error ${100 * ERROR} %\n`);
  console.log(
    `| least chance | differing | right (rarest to most drawn) | off | told | ${BOUNDS.map((b) => `${b}: errs / sees`).join(' | ')} |`,
  );
  console.log(`| --- | --- | --- | --- | --- | ${BOUNDS.map(() => '---').join(' | ')} |`);
  for (const law of LAWS.filter(({ least }) => args.least === undefined || least === Number(args.least))) {
    const random = createRandom(7, 'lead bounds', JSON.stringify(law), rows);
    const many = influences(drawLog(law, 200_000, random));
    const three = 3 * Math.sqrt(average(many.map((x) => x * x)) / rows);
    const found = Array.from({ length: LOGS }, () => boundsOf(drawLog(law, rows, random))).filter(Boolean);
    const cells = BOUNDS.map((_, b) => {
      const above = (least) => percent(found.filter((lows) => lows[b] > least).length, found.length);
      return found.length === 0 ? '–' : `${above(0)} / ${above(-three)}`;
    });
    const { least, differing, right, off = 0.1 } = law;
    console.log(
      `| ${least} | ${100 * differing} % | ${right.join(' to ')} | ${off} | ${found.length} | ${cells.join(' | ')} |`,
    );
  }
}
