// What evaluation and the report take as models grow: seconds, bytes and peak memory.
//   node bench/report-size.mjs [--models 200,1000,2000,5000] [--rows 60] [--tasks 6] [--mode standard|newllm] [--seed 1]
// Made-up outcomes, seeded: models of unlike skill and price on queries of unlike difficulty, all scores and costs known, and six routers
// that find the best of a few models drawn per query with unlike luck, two of them with a frontier of 24 weights of cost. In newllm half of
// the models are new. Evaluation is `assembleReport` and `assembleRows`; the report is splitting, the files and the HTML page.
// Each size runs in a process of its own. Baseline: the smallest size of the same run; `growth.*` is a figure over that of the baseline, and
// `growth.models` how many times as many models there are.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';
import { assembleReport, assembleRows } from '@routeprofile/eval';
import { createRandom } from '@routeprofile/schema';

const { values: args } = parseArgs({
  options: {
    models: { type: 'string', default: '200,1000,2000,5000' },
    rows: { type: 'string', default: '60' },
    tasks: { type: 'string', default: '6' },
    mode: { type: 'string', default: 'standard' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    one: { type: 'boolean', default: false },
  },
});
const { writeReport } = await createJiti(import.meta.url).import('../src/run/write-report.ts');
const sizes = args.models.split(',').map(Number);

if (args.one) console.log(JSON.stringify(await measure(sizes[0])));
else {
  const found = sizes.map((models) => {
    const given = ['rows', 'tasks', 'mode', 'seed'].flatMap((name) => [`--${name}`, args[name]]);
    const out = args.out === undefined ? [] : ['--out', join(args.out, String(models))];
    const child = spawnSync(
      process.execPath,
      [fileURLToPath(import.meta.url), '--one', '--models', String(models), ...given, ...out],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (child.status !== 0) throw new Error(`${models} models: exit code ${child.status}`);
    return JSON.parse(child.stdout);
  });
  const [base] = found;
  const growth = (figures) => Object.fromEntries(Object.entries(figures).map(([name, x]) => [name, x / base[name]]));
  console.log(
    JSON.stringify(
      Object.fromEntries(
        found.map((figures, i) => [
          `${figures.models} models`,
          i === 0 ? { baseline: true, ...figures } : { ...figures, growth: growth(figures) },
        ]),
      ),
      null,
      2,
    ),
  );
}

async function measure(models) {
  const input = inputOf(models);
  const out = args.out ?? mkdtempSync(join(tmpdir(), 'report-size-'));
  const before = process.resourceUsage().maxRSS;
  const started = performance.now();
  const report = assembleReport(input);
  const rows = assembleRows(input, 'made-up');
  const evaluated = performance.now();
  const { reportPath, htmlPath, rowsPath, constantsPath } = await writeReport(out, { report, rows });
  const written = performance.now();
  const bytes = (path) => (path === undefined ? 0 : statSync(path).size);
  const figures = {
    models,
    evaluationSeconds: (evaluated - started) / 1000,
    reportSeconds: (written - evaluated) / 1000,
    seconds: (written - started) / 1000,
    reportJsonBytes: bytes(reportPath),
    reportHtmlBytes: bytes(htmlPath),
    rowsJsonBytes: bytes(rowsPath),
    ...(constantsPath !== undefined && { constantsBytes: bytes(constantsPath) }),
    inputMegabytes: before / 1024,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  if (args.out === undefined) rmSync(out, { recursive: true, force: true });
  return figures;
}

/** What `assembleReport` takes. */
function inputOf(width) {
  const random = createRandom(Number(args.seed), 'outcomes');
  const [count, tasks] = [Number(args.rows), Number(args.tasks)];
  const names = Array.from({ length: width }, (_, m) => `maker-${m % 40}/model-${m}`);
  const skill = names.map(() => 0.2 + 0.7 * random.float());
  const split = (name) => {
    const queries = Array.from({ length: count }, (_, q) => ({
      id: `${name}:${q}`,
      text: `${name} question ${q}`,
      task: `task ${q % tasks}`,
      choices: null,
      format: null,
    }));
    const values = Object.fromEntries(
      ['score', 'cost', 'inputTokens', 'outputTokens', 'latency', 'propensity'].map((key) => [
        key,
        new Float64Array(count * width).fill(NaN),
      ]),
    );
    for (let q = 0; q < count; q++) {
      const difficulty = random.float();
      for (let m = 0; m < width; m++) {
        const chance = 1 / (1 + Math.exp(6 * (difficulty - skill[m])));
        values.score[q * width + m] = random.float() < chance ? 1 : 0;
        values.cost[q * width + m] = 0.001 * skill[m] ** 3 * (0.5 + random.float());
      }
    }
    return { queries, values };
  };
  const [train, test] = [split('train'), split('test')];
  const newModels = args.mode === 'newllm' ? names.filter((_, m) => m % 2 === 1) : [];
  newModels.forEach((name) => {
    const m = names.indexOf(name);
    for (let q = 0; q < count; q++) train.values.score[q * width + m] = NaN;
  });
  const candidates = names.map((id) => ({ id, model: id }));
  const dataset = {
    name: 'made-up',
    layout: 'outcomes',
    hash: 'made-up',
    simulated: true,
    mode: args.mode,
    candidates,
    cards: [],
    newModels,
    leftOut: [],
    train: { queries: train.queries, pairs: [], outcomes: train.values },
    test: { models: names, queries: test.queries, values: test.values },
    overlap: 0,
    warnings: [],
  };
  const drawn = (label, tries, among, weight = 0) => {
    const draw = createRandom(Number(args.seed), label);
    const worth = (k, q) =>
      test.values.score[q * width + k] + 0.5 * skill[k] - weight * test.values.cost[q * width + k];
    return Int32Array.from({ length: count }, (_, q) =>
      Array.from({ length: tries }, () => among[draw.int(among.length)]).reduce((a, b) =>
        worth(b, q) > worth(a, q) ? b : a,
      ),
    );
  };
  const everyone = [...names.keys()];
  const old = everyone.filter((m) => !newModels.includes(names[m]));
  const lambdas = Array.from({ length: 24 }, (_, i) => (i === 0 ? 0 : 10 ** (i / 4)));
  const cells = Array.from({ length: 6 }, (_, i) => {
    const label = `made-up × router-${i}`;
    const draw = createRandom(Number(args.seed), label, 'confidence');
    const probability = Float64Array.from({ length: count }, () => draw.float());
    return {
      profile: 'made-up',
      router: `router-${i}`,
      label,
      options: { profile: {}, router: {} },
      seed: 1,
      choices: drawn(label, 1 + i, everyone),
      ...(newModels.length > 0 && { choicesWithoutNew: drawn(label, 1 + i, old) }),
      confidence: probability,
      probability,
      ...(i < 2 && {
        frontier: { lambdas, choices: lambdas.map((x) => drawn(label, 1 + i, everyone, x)), operatingPoint: null },
      }),
    };
  });
  return {
    dataset,
    training: { pairs: [], outcomes: train.values },
    cells,
    lookups: { knn: drawn('knn', 2, everyone) },
    encoder: 'none',
    graph: 'none',
    versions: {},
    testName: 'test',
    seed: Number(args.seed),
  };
}
