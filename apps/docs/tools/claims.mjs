// What the paper claims of profiles, against the cells of the design space, row by row:
//
//   node apps/docs/tools/claims.mjs OUT examples/design-space/claims.json
//
// OUT is the folder of the design space's run; its scenarios' `rows.json` are read. Each claim says that some cells do better than others
// on the same test rows. What it predicts to be above zero is averaged over its comparisons row by row, and a 95 % interval of that mean is
// drawn by a paired bootstrap of the test rows (10,000 resamples, seed 42). The claims and the rule of verdicts were written down before
// the cells were compared.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pairedIntervals } from '@routeprofile/eval';
import { rowsFileSchema } from '@routeprofile/schema';
import { format } from 'prettier';

const BOOTSTRAP = { seed: 42, resamples: 10_000 };
const ROUTERS = ['sim', 'mlp', 'graph'];
const DEPTHS = [1, 2, 3, 4];
const STRUCTURED = ['text-gnn', 'emb-gnn'].flatMap((name) => DEPTHS.map((k) => `${name}:hops=${k}`));
/** The profiles that are built on several graphs. */
const ON_GRAPHS = ['text-gnn', 'emb-gnn'];
const on = (name, graph) => `${name}@${graph}:hops=2`;

/** Cells that should do better, less cells that should do worse. */
const against = (better, worse) => ({
  name: `${better} − ${worse}`,
  terms: [
    [better, 1],
    [worse, -1],
  ],
});

const CLAIMS = [
  {
    id: 'structure',
    paper: 'v1',
    claim: 'Structured profiles do better than flat ones.',
    reading: 'Text and embedding profiles of one to four hops on the full graph, less the flat profile.',
    routers: ROUTERS,
    settings: ['standard', 'newllm'],
    comparisons: STRUCTURED.map((profile) => against(profile, 'flat')),
  },
  {
    id: 'queries',
    paper: 'v1',
    claim: 'Signals at the level of queries are more reliable than those at the level of domains.',
    reading:
      'Structured profiles of two hops on the graph with tasks and queries, less the same on the graph with tasks and domains.',
    routers: ROUTERS,
    settings: ['standard', 'newllm'],
    comparisons: ON_GRAPHS.map((name) => against(on(name, 'query-task'), on(name, 'task-domain'))),
  },
  {
    id: 'trainable',
    paper: 'v1',
    claim: 'For a new model, structured profiles help most when they are trained.',
    reading:
      'Trained profiles of one to four layers, less the training-free ones of as many hops, where one model has no training outcomes.',
    routers: ROUTERS,
    settings: ['newllm'],
    comparisons: DEPTHS.flatMap((k) =>
      ['text-gnn', 'emb-gnn'].map((name) => against(`trainable-gnn:layers=${k}`, `${name}:hops=${k}`)),
    ),
  },
  {
    id: 'cold-structure',
    paper: 'v2',
    claim: 'With a new model and without any training, structured profiles do better than flat ones.',
    reading:
      'As the first claim, with the one router that is not trained (sim), where one model has no training outcomes.',
    routers: ['sim'],
    settings: ['newllm'],
    comparisons: STRUCTURED.map((profile) => against(profile, 'flat')),
  },
  {
    id: 'families',
    paper: 'v2',
    claim: 'What is known of a model’s family is more reliable than what is known of domains.',
    reading:
      'What families add to a graph of models and tasks, less what domains add to a graph of models, tasks and families; structured profiles of two hops.',
    routers: ROUTERS,
    settings: ['standard', 'newllm'],
    comparisons: ON_GRAPHS.map((name) => ({
      name: `${name}: families − domains`,
      terms: [
        [on(name, 'task'), 2],
        [on(name, 'task-only'), -1],
        [on(name, 'task-domain'), -1],
      ],
    })),
  },
  {
    id: 'co-design',
    paper: 'v2',
    claim: 'To take in a new model, profile and router have to be designed together.',
    reading:
      'If so, what training a profile gains depends on the router: its gain under the graph router, less its gain under the cosine router sim.',
    routers: [['graph', 'sim']],
    settings: ['newllm'],
    comparisons: DEPTHS.flatMap((k) =>
      ['text-gnn', 'emb-gnn'].map((name) => against(`trainable-gnn:layers=${k}`, `${name}:hops=${k}`)),
    ),
  },
];

const LABELS = { published: '', regraded: '-regraded' };
const rounded = (x) => Math.round(x * 1e6) / 1e6;
const plain = (interval) => Object.fromEntries(Object.entries(interval).map(([key, x]) => [key, rounded(x)]));

/** Scores of each cell of a scenario, by label. */
function scoresOf(file) {
  const known = new Map(file.rows.map(({ label, scores }) => [label, scores]));
  return (label) => {
    const scores = known.get(label);
    if (!scores) throw new Error(`the run has no cell ${label}; it has: ${[...known.keys()].join(', ')}`);
    return scores;
  };
}

/** What a comparison predicts to be above zero, row by row. Two routers: its value under the first, less that under the second. */
function differences({ terms }, router, scores) {
  const sides = Array.isArray(router)
    ? [
        [router[0], 1],
        [router[1], -1],
      ]
    : [[router, 1]];
  const parts = sides.flatMap(([name, sign]) =>
    terms.map(([profile, w]) => [scores(`${profile} × ${name}`), w * sign]),
  );
  return Float64Array.from(parts[0][0], (_, row) =>
    parts.reduce((sum, [values, weight]) => sum + weight * values[row], 0),
  );
}

const meanOf = (series) =>
  Float64Array.from(series[0], (_, row) => series.reduce((sum, values) => sum + values[row], 0) / series.length);

/** A claim in one scenario: over all its comparisons, by router, and how many comparisons exclude zero. */
function judge({ routers, comparisons }, scores) {
  const byRouter = routers.map((router) => comparisons.map((comparison) => differences(comparison, router, scores)));
  const each = byRouter.flat();
  const pooled = [meanOf(each), ...byRouter.map(meanOf)];
  const [all, ...own] = pairedIntervals([...pooled, ...each], BOOTSTRAP);
  const single = own.slice(routers.length);
  return {
    rows: each[0].length,
    ...plain(all),
    routers: routers.map((router, i) => ({ router: [router].flat().join(' − '), ...plain(own[i]) })),
    comparisons: each.length,
    above: single.filter(({ low }) => low > 0).length,
    below: single.filter(({ high }) => high < 0).length,
  };
}

/** Of a claim's scenarios: all above zero, some and none below, and so on. */
export function verdictOf(scenarios) {
  const above = scenarios.filter(({ low }) => low > 0).length;
  const below = scenarios.filter(({ high }) => high < 0).length;
  if (above === scenarios.length) return 'holds';
  if (below === scenarios.length) return 'the reverse';
  if (above > 0 && below > 0) return 'mixed';
  if (above > 0) return `holds in ${above} of ${scenarios.length}`;
  if (below > 0) return `the reverse in ${below} of ${scenarios.length}`;
  return 'does not show here';
}

export function claimsOf(readScenario) {
  return CLAIMS.map(({ comparisons, routers, settings, ...words }) => {
    const scenarios = settings.flatMap((setting) =>
      Object.entries(LABELS).map(([labels, suffix]) => ({
        setting,
        labels,
        ...judge({ comparisons, routers }, scoresOf(readScenario(`${setting}${suffix}`))),
      })),
    );
    return {
      ...words,
      cells: comparisons.map(({ name }) => name),
      routers: routers.map((router) => [router].flat().join(' − ')),
      verdict: verdictOf(scenarios),
      scenarios,
    };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [out, target] = process.argv.slice(2);
  if (!out || !target) throw new Error('expected the folder of a run and a file: claims.mjs OUT TARGET.json');
  const read = (name) => rowsFileSchema.parse(JSON.parse(readFileSync(join(out, name, 'rows.json'), 'utf8')));
  writeFileSync(target, await format(JSON.stringify(claimsOf(read)), { parser: 'json', printWidth: 120 }));
}
