import { createRandom } from '@routeprofile/schema';
import { assembleReport } from '../report/assemble.js';
import type { EvaluatedCell } from '../report/cell.js';
import { datasetOf, tableOf } from './test-data.js';
import { PAPER_ROUTERS, paperTables, type PaperProfile } from '../design-space/paper-tables.js';
import type { DesignSpace, DesignSpaceScenario } from '../design-space/schema.js';

/** How the made-up design space looks. */
export interface DesignSpaceFixtureOptions {
  rows?: number;
  seeds?: readonly number[];
  /** Put before every name that comes from data. */
  prefix?: string;
}

const MODELS = paperTables.constants.map(({ model }) => model);
const TASKS = ['arc', 'gsm8k', 'mbpp', 'mmlu'];
/** Left out, so that the tables have gaps. */
const NOT_RUN = ['text-gnn 4', 'trainable-gnn 3'];

interface Place {
  profile: PaperProfile;
  hops: number | null;
  graph: string;
  compat: boolean;
}

function places(): Place[] {
  const { graph: mainGraph } = paperTables.setup;
  const all = [...paperTables.main, ...paperTables.sources].map(({ profile, hops, graph }): Place => {
    return { profile, hops, graph: graph ?? mainGraph, compat: false };
  });
  const distinct = new Map(all.map((place) => [JSON.stringify(place), place]));
  return [
    ...[...distinct.values()].filter(({ profile, hops }) => !NOT_RUN.includes(`${profile} ${hops}`)),
    { profile: 'emb-gnn', hops: 2, graph: mainGraph, compat: true },
  ];
}

const profileOptions = ({ profile, hops, compat }: Place): Record<string, unknown> => ({
  compat,
  ...(hops !== null && { [profile === 'trainable-gnn' ? 'layers' : 'hops']: hops }),
  ...(profile === 'text-gnn' && { summarizer: 'extractive' }),
});

const profileLabel = ({ profile, hops, graph, compat }: Place): string =>
  [
    graph === paperTables.setup.graph ? profile : `${profile}@${graph}`,
    ...(compat ? ['compat=true'] : []),
    ...(hops === null ? [] : [`${profile === 'trainable-gnn' ? 'layers' : 'hops'}=${hops}`]),
  ].join(':');

const cosineOf = ({ profile, hops, compat }: Place): number =>
  profile === 'index'
    ? 0.01
    : profile === 'flat'
      ? 0.7
      : 1 - 0.6 / (hops ?? 1) + (compat ? 0.25 : 0) - profile.length / 50;

function scenario(
  name: string,
  shift: number,
  { rows = 60, seeds = [42], prefix = '' }: DesignSpaceFixtureOptions,
): DesignSpaceScenario {
  const random = createRandom(7, 'scores');
  const level = paperTables.constants.map(({ average }) => average + shift);
  const scores = Array.from({ length: rows }, () => level.map((mean) => (random.float() < mean ? 1 : 0)));
  const models = MODELS.map((model) => prefix + model);
  const test = tableOf(
    models,
    scores,
    scores.map((_, q) => TASKS[q % TASKS.length]!),
  );
  const best = scores.map((row) => Math.max(0, row.indexOf(1)));
  const favourite = level.indexOf(Math.max(...level));
  /** The more skill, the more rows go to the best model; the others to the favourite. */
  const choose = (label: string, seed: number, skill: number) => {
    const draw = createRandom(seed, name, label);
    return best.map((model) => {
      const aim = draw.float();
      if (aim < skill) return model;
      return aim < skill + 0.3 * (1 - skill) && skill > 0 ? draw.int(models.length) : favourite;
    });
  };
  const skillOf = ({ profile, hops, compat }: Place, router: string) => {
    if (profile === 'trainable-gnn' && hops === 4) return 0;
    const depth = hops ?? 0;
    return (router === 'sim' ? 0.02 : 0.12) + 0.04 * depth - (compat ? 0.1 : 0) + (profile === 'emb-gnn' ? 0.05 : 0);
  };
  const cells = seeds.flatMap((seed) =>
    places().flatMap((place) =>
      [...PAPER_ROUTERS, ...(place.profile === 'flat' ? ['knn'] : [])].map((router): EvaluatedCell => {
        const label = `${profileLabel(place)} × ${router}`;
        return {
          profile: place.profile,
          router,
          label: prefix + label,
          graph: place.graph,
          options: { profile: profileOptions(place), router: {} },
          seed,
          choices: Int32Array.from(choose(label, seed, skillOf(place, router))),
          profileDiagnostics: { meanCosine: cosineOf(place) },
        };
      }),
    ),
  );
  const lost = { profile: 'trainable-gnn', router: 'mlp', label: `trainable-gnn:layers=3 × mlp`, seed: seeds[0]! };
  const dataset = datasetOf(test, {
    name: `${prefix}fixture`,
    warnings: [`${prefix}7 test queries are also training queries`],
  });
  const report = assembleReport({
    dataset,
    training: dataset.train,
    cells,
    failed: [{ ...lost, code: 'NOT_FINITE', message: `${prefix}the loss is NaN` }],
    lookups: { 'task-table': Int32Array.from(best, (model, q) => (q % 3 === 0 ? model : favourite)) },
    encoder: `${prefix}use-lite`,
    graph: paperTables.setup.graph,
    versions: { '@routeprofile/eval': '0.1.0' },
    testName: `${prefix}${name.includes('regraded') ? 'regraded.json' : 'dev.json'}`,
    seed: 1,
  });
  return { name: prefix + name, report };
}

export function designSpaceFixture(options: DesignSpaceFixtureOptions = {}): DesignSpace {
  const coldStart = ({ name, report }: DesignSpaceScenario): DesignSpaceScenario => {
    const newModel = report.candidates[6]!;
    const rows = report.rows.map((row) => ({
      ...row,
      metrics: {
        ...row.metrics,
        new_model_share: row.selection[newModel] ?? 0,
        avg_performance_without_new: (row.metrics['avg_performance'] ?? 0) - 0.02,
      },
    }));
    return {
      name: name.replace('standard', 'newllm'),
      report: { ...report, rows, mode: 'newllm', newModels: [newModel] },
    };
  };
  const standard = [scenario('standard', 0, options), scenario('standard-regraded', 0.1, options)];
  return { name: `${options.prefix ?? ''}design space`, scenarios: [...standard, ...standard.map(coldStart)] };
}

/** For tests: a scenario of which nothing but the seeds is other than in the paper, around its first cell in the paper's own form. */
export function asInThePaper({ name, report }: DesignSpaceScenario): DesignSpaceScenario {
  const constants = paperTables.constants.map(
    ({ model, average }) => [`constant:${model}`, { metrics: { avg_performance: average }, model }] as const,
  );
  return {
    name,
    report: {
      ...report,
      rows: report.rows.filter(({ options }) => options.profile['compat'] === true).slice(0, 1),
      rowsUsed: paperTables.setup.rows,
      dataset: { ...report.dataset, test: paperTables.setup.test },
      encoder: 'transformers:allenai/longformer-base-4096',
      baselines: Object.fromEntries(constants),
    },
  };
}
