// Parsers that read files and folders: datasets, tables to import, profiles, routers, graphs, configurations.
import {
  checkDataset, hashBytes, importOutcomes, loadDataset, matchModels, readGraphFiles, readModelProfiles, readPriceList, readProfileSet, readRouterArtifact,
  writeGraphFiles, writeNpz,
  writeProfileSet, writeRouterArtifact,
} from '@routeprofile/data'; // prettier-ignore
import { loadConfigFile } from '@routeprofile/pipeline';
import { rescoreRows } from '@routeprofile/collect';
import { buildGraph, serializeGraph } from '@routeprofile/graph';
import { builtInRouters, builtInWrappers, wrapStrategy } from '@routeprofile/routers';
import { outcomeRowSchema, parseOptions, RouteProfileError, routingFileSchema } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { firstOf, notFinite, wrongShape } from './invariants.mjs';
import { mutateBytes, mutateJson, mutateText } from './mutate.mjs';

const ctx = { seed: 1 };
const pick = (random, items) => items[random.int(items.length)];

/** A folder as a value: text by file name. One file of it is mutated, as text, bytes or JSON, as its kind allows. */
function mutateFolder(random, files) {
  const name = pick(random, Object.keys(files));
  const content = files[name];
  return { ...files, [name]: mutateFile(random, name, content) };
}

function mutateFile(random, name, content) {
  if (typeof content !== 'string') return mutateBytes(random, content);
  if (random.int(6) === 0) return Buffer.from(mutateBytes(random, Buffer.from(content)));
  if (random.int(3) === 0) return mutateText(random, content);
  if (name.endsWith('.json')) return JSON.stringify(mutateJson(random, JSON.parse(content)));
  if (name.endsWith('.jsonl'))
    return content
      .split('\n')
      .map((line) => (random.int(6) === 0 ? JSON.stringify(mutateJson(random, JSON.parse(line))) : line))
      .join('\n');
  return mutateText(random, content);
}

function put(dir, files) {
  rmSync(dir, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return dir;
}

const filesOf = (dir, names) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      name.endsWith('.json') ? readFileSync(join(dir, name), 'utf8') : new Uint8Array(readFileSync(join(dir, name))),
    ]),
  );

/** Numbers of a dataset: NaN stands for "not measured". */
const datasetHolds = (dataset) =>
  firstOf(
    notFinite(dataset, { nan: true }),
    new Set(dataset.candidates.map(({ id }) => id)).size === dataset.candidates.length
      ? null
      : 'a candidate is there twice',
    ...['train', 'test'].map((split) => {
      const { queries, models, values } = dataset[split] ?? {};
      if (!values?.score || !models) return null;
      return values.score.length === queries.length * models.length
        ? null
        : `${split}: ${values.score.length} scores for ${queries.length} × ${models.length}`;
    }),
  );

const OUTCOMES = Array.from({ length: 8 }, (_, i) =>
  JSON.stringify({
    id: `q${i}`,
    task: i % 2 ? 't' : 'u',
    split: i < 6 ? 'train' : 'test',
    query: `question ${i}`,
    models: { a: { score: i % 2, cost: 0.001, latency: 0.5 }, b: { score: 0.5, inputTokens: 10, outputTokens: 20 } },
  }),
).join('\n');
const MODELS = JSON.stringify({
  a: { feature: 'A.', input_price: 1, output_price: 2, detailed_scores: { t: 50 } },
  b: { feature: 'B.' },
});

const TABLES = {
  'long.csv':
    'id,task,query,model,score,cost,latency_ms\n1,t,"What, exactly?",a,1,0.01,100\n1,t,"What, exactly?",b,0.5,0.02,200\n2,u,Why?,a,0,0.01,\n2,u,Why?,b,1,0.02,300\n',
  'wide.csv': 'query;gpt;claude\n"One; two";1,0;0,5\nThree;0;1\n',
  'calls.jsonl': ['a', 'b']
    .map((model, i) =>
      JSON.stringify({
        query: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        model,
        score: i,
        usage: { prompt_tokens: 3 },
      }),
    )
    .join('\n'),
  'thumbs.csv':
    'ts,query,model,thumbs,cost\n2026-03-01T10:00:00Z,Add 0.,big,up,0.002\n2026-03-02T10:01:00Z,Add 1.,tiny,down,0.001\n2026-03-02T10:02:00Z,Add 2.,tiny,,0.001\n',
};

/** The lists of one model each, in the forms that are published. */
const PRICE_LISTS = [
  {
    'litellm.json': {
      m: { litellm_provider: 'heron', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 2e-6, max_input_tokens: 8000 },
      e: { litellm_provider: 'heron', mode: 'embedding' },
    },
  },
  {
    'openrouter.json': {
      data: [{ id: 'heron/m', created: 1780000000, context_length: 8000, pricing: { prompt: '0.000001', completion: '0.000002' }, supported_parameters: ['tools'] }],
    },
  },
  {
    'api.json': {
      heron: { models: { m: { cost: { input: 1, output: 2, cache_read: 0.1 }, limit: { context: 8000, output: 500 }, tool_call: true, last_updated: '2026-05-02' } } },
    },
  },
].map((files) => Object.fromEntries(Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]))); // prettier-ignore

const PROFILES = [
  {
    'p.yaml':
      'model_id: m\ncapabilities:\n  tools: true\n  task_types:\n    - t: { metrics: { accuracy: 0.8, avg_tokens_per_sec: 50 } }\nlatency_profile: { p50: 1.2s, p90: 3500ms }\ncost_per_token: 0.000002\nlearning_config: frozen\n',
  },
  { 'p.json': JSON.stringify({ model_id: 'm', capabilities: { task_types: [{ t: { metrics: { f1: 0.5 } } }] }, latency_profile: { p90: '1m' } }) },
]; // prettier-ignore

/** The price of a match that is below a bound. */
const numbersBelow = (matches, least) => {
  const low = matches.find(({ entry }) => Object.values(entry.price ?? {}).some((dollars) => dollars < least));
  return low ? `a price of ${low.entry.id} below ${least}` : null;
};

const ROUTING = [
  {
    task_name: 'math',
    query: '1+1?',
    metric: 'MATH',
    ground_truth: '\\boxed{2}',
    choices: null,
    model_performance: { a: { response: 'It is \\boxed{2}', task_performance: 1, success: true } },
  },
  {
    task_name: 'qa',
    query: 'Who?',
    metric: 'em_mc',
    ground_truth: 'B',
    choices: null,
    model_performance: { a: { response: '(B)', task_performance: 0, success: true } },
  },
];

/** A dataset in the published layout, small and good in every respect. */
function published() {
  const card = (scores, extra = {}) => ({
    feature: 'A model.',
    architecture: 'Fam',
    detailed_scores: scores,
    ...extra,
  });
  const cards = { a: card({ math: 50, qa: 40 }), b: card({ math: 60, qa: 30 }), aux: card({ math: 65, qa: 35 }) };
  const row = (task, query, scores) => ({
    task_name: task,
    query,
    metric: 'em',
    choices: null,
    model_performance: Object.fromEntries(
      Object.entries(scores).map(([model, task_performance]) => [
        model,
        { task_performance, prompt_tokens: 100, completion_tokens: 50, success: true },
      ]),
    ),
  });
  const pair = (task, query, better_model, worse_model) => ({ task_name: task, query, better_model, worse_model });
  const files = {
    'profile_data/model_feature_standard.json': cards,
    'profile_data/model_family_feature.json': { Fam: 'A family.' },
    'profile_data/task_feature.json': { math: 'Sums.', qa: 'Questions.' },
    'profile_data/domain_feature.json': { reasoning: 'Thinking.' },
    'profile_data/domain_task_map.json': { reasoning: ['math', 'qa'] },
    'profile_data/task_queries_standard.json': { math: ['1+1?'], qa: ['Who?'] },
    'profile_data/candidate_models.json': { b: card({}, { input_price: 1, output_price: 2 }), a: card({}) },
    'route_data/pairwise_training_data_standard.json': {
      task_data_count: { math: 2 },
      pairwise_data: [pair('math', '1+1?', 'a', 'b'), pair('qa', 'Who?', 'b', 'a')],
    },
    'route_data/routing_test_data.json': [row('math', '2+2?', { a: 1, b: 0 }), row('qa', 'WHO?', { a: 0, b: 1 })],
  };
  return Object.fromEntries(Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** Saved routers of every kind: a changed file is refused by name, or routes with finite scores to a model it has. */
async function routerTargets(dir) {
  const { input: plain, queries } = syntheticRouterInput({ models: 3, queries: 24, dimensions: 6 });
  // Profiles that carry scores, for the routers that read them.
  const keyed = {
    keys: plain.training.queries.vectors,
    labels: plain.training.queries.texts.map((_, q) => `key ${q}`),
    scores: { rows: 3, cols: 24, data: Float32Array.from({ length: 72 }, (_, k) => (k % 7) / 10) },
  };
  const input = { ...plain, profiles: { ...plain.profiles, keyed } };
  const quick = {
    mlp: { epochs: 1, hidden: 4, output: 4 },
    graph: { epochs: 1, hidden: 4, heads: 1 },
    ensemble: { folds: 2 },
    auto: { folds: 2 },
  };
  /** `knn` scores no model by itself, which retrieval needs. */
  const innerOf = (wrapper) => builtInRouters.find(({ name }) => name === (wrapper === 'retrieve' ? 'sim' : 'knn'));
  const kinds = [
    ...builtInRouters.map((strategy) => ({ name: strategy.name, strategy, options: quick[strategy.name] ?? {} })),
    ...builtInWrappers.map((wrapper) => {
      const inner = innerOf(wrapper.name);
      return { name: `${inner.name}+${wrapper.name}`, strategy: wrapStrategy(inner, [{ wrapper }]), options: {} };
    }),
  ];
  const targets = [];
  for (const { name, strategy, options } of kinds) {
    const folder = join(dir, 'router');
    const router = await strategy.fit(input, parseOptions(strategy, options), ctx);
    await writeRouterArtifact(folder, await router.save());
    const { weights: hash, ...manifest } = JSON.parse(readFileSync(join(folder, 'router.json'), 'utf8'));
    const { weights } = await readRouterArtifact(folder);
    const arrays = Object.entries(weights).map(([key, { shape, data }]) => [key, { shape, data: Array.from(data) }]);
    if (typeof hash !== 'string') throw new Error('router.json no longer holds the hash of its weights');
    targets.push({
      name: `saved router ${name}`,
      weight: 0.3,
      seeds: [{ manifest, weights: Object.fromEntries(arrays) }],
      mutate: mutateJson,
      async read(value) {
        const bytes = writeNpz(writableArrays(value?.weights));
        put(folder, {
          'router.json': JSON.stringify({ ...value?.manifest, weights: hashBytes(bytes) }),
          'weights.npz': bytes,
        });
        const loaded = await strategy.load(await readRouterArtifact(folder), ctx);
        return { models: loaded.models, decisions: await loaded.decide(queries, ctx) };
      },
      check: ({ models, decisions }) =>
        firstOf(
          notFinite(decisions),
          decisions.every(({ model }) => models.includes(model))
            ? null
            : 'a decision names a model that the router does not have',
          new Set(models).size === models.length ? null : 'a model is there twice',
        ),
    });
  }
  return targets;
}

/** Those of the mutated arrays that an npz file can hold at all. */
function writableArrays(weights) {
  const arrays = Object.entries(Object(weights)).flatMap(([name, array]) => {
    const { shape, data } = Object(array);
    const good =
      Array.isArray(shape) &&
      Array.isArray(data) &&
      shape.every((n) => Number.isSafeInteger(n) && n >= 0) &&
      data.every((x) => typeof x === 'number');
    const holder = good && { shape, data: Float32Array.from(data) };
    return holder && name !== '' && !wrongShape(holder, name) ? [[name, holder]] : [];
  });
  return arrays;
}

export async function fileTargets(dir) {
  const at = (name) => join(dir, name);
  const graph = buildGraph(
    {
      models: ['a'],
      cards: [
        { name: 'a', family: 'F', text: 'x', price: null, auxiliary: false, scores: new Map([['t', { value: 50 }]]) },
      ],
      families: [{ name: 'F', text: 'fam' }],
      tasks: [{ name: 't', text: 'task' }],
      domains: [],
      taskQueries: [],
    },
    { preset: 'task' },
  );
  await writeGraphFiles(at('graph-seed'), serializeGraph(graph));
  const provenance = {
    strategy: 'flat',
    options: {},
    encoder: 'hash',
    graph: { name: 'task', hash: 'x' },
    seed: 1,
    designPoint: { form: 'flat', representation: 'text', hops: 0, learning: 'training-free' },
    versions: {},
    notes: [],
    diagnostics: {},
  };
  await writeProfileSet(at('profile-seed'), 'p', {
    models: ['a', 'b'],
    vectors: { rows: 2, cols: 3, data: Float32Array.of(1, 0, 0, 0, 1, 0) },
    provenance,
    biases: Float32Array.of(0.1, 0.2),
    texts: ['x', 'y'],
    keyed: {
      labels: ['q1', 'q2'],
      keys: { rows: 2, cols: 3, data: Float32Array.of(1, 0, 0, 0, 1, 0) },
      scores: { rows: 2, cols: 2, data: Float32Array.of(1, 0, 0, NaN) },
    },
  });
  const folder = (name, weight, seeds, read, check) => ({ name, weight, seeds, mutate: mutateFolder, read, check });
  const outcomes = {
    'outcomes.jsonl': OUTCOMES,
    'models.json': MODELS,
    'meta.json': JSON.stringify({ name: 'x', simulated: false }),
  };
  return [
    folder('outcomes dataset', 3, [outcomes], (files) => loadDataset(put(at('data'), files)), datasetHolds),
    folder('published dataset', 2, [published()], (files) => loadDataset(put(at('data'), files)), datasetHolds),
    folder('checked dataset', 1, [outcomes, published()], (files) => checkDataset(put(at('data'), files)), (check) => notFinite(check.summary ?? null, { nan: true })),
    ...Object.entries(TABLES).map(([name, text]) =>
      folder(
        `imported ${name}`,
        2,
        [{ [name]: text }],
        async (files) => {
          put(at('table'), files);
          rmSync(at('imported'), { recursive: true, force: true });
          await importOutcomes(join(at('table'), name), at('imported'));
          // What import wrote must be rows of the format; whether they suffice to learn from is not its fault.
          const lines = readFileSync(join(at('imported'), 'outcomes.jsonl'), 'utf8').split('\n').filter(Boolean);
          return lines.map((line) => outcomeRowSchema.parse(JSON.parse(line)));
        },
        (rows) => firstOf(notFinite(rows), rows.length > 0 ? null : 'no row was written'),
      ),
    ),
    folder('profile set', 2, [filesOf(at('profile-seed'), ['p.json', 'p.npz'])], (files) => readProfileSet(join(put(at('profile'), rehashed(files, 'p.json', 'p.npz')), 'p.npz')), ({ models, vectors, keyed, biases }) =>
      firstOf(notFinite(vectors), notFinite(biases), keyed ? firstOf(notFinite(keyed.keys), notFinite(keyed.scores, { nan: true })) : null, models.length === vectors.rows ? null : 'a row of vectors per model', new Set(models).size === models.length ? null : 'a model is there twice')),
    folder('graph files', 2, [filesOf(at('graph-seed'), ['graph.json'])], (files) => readGraphFiles(put(at('graph'), files)), (read) => notFinite(read, { nan: true })),
    folder('price list', 2, PRICE_LISTS, async (files) => {
        const list = await readPriceList(join(put(at('prices'), files), Object.keys(files)[0]));
        return matchModels([{ id: 'm', model: 'heron/m' }], { lists: [list], profiles: [], entries: list.entries });
      }, (matches) => firstOf(notFinite(matches), numbersBelow(matches.matched, 0))),
    folder('model profile', 2, PROFILES, (files) => readModelProfiles([put(at('profiles'), files)]), (profiles) =>
      firstOf(notFinite(profiles), profiles.length === 1 ? null : `${profiles.length} profiles of one file`)),
    folder('config file', 1, [{ 'c.json': JSON.stringify({ data: 'x', profile: 'flat', router: ['knn:k=3'] }) }, { 'c.yaml': 'data: x\nprofile: [flat, "emb-gnn:hops=2"]\nrouter:\n  - name: knn\n    options: { k: 3 }\n' }], (files) => loadConfigFile(join(put(at('config'), files), Object.keys(files)[0])), (config) => notFinite(config)),
    { name: 'graded rows', weight: 1, seeds: [ROUTING], mutate: mutateJson, read: (value) => {
        const parsed = routingFileSchema.safeParse(value);
        if (!parsed.success) throw new RouteProfileError('BAD_INPUT', 'not routing rows', { hint: parsed.error.issues[0].path.join('.') });
        return rescoreRows(parsed.data, { rules: 'repaired' });
      }, check: ({ audit }) => notFinite(audit) },
    ...(await routerTargets(dir)),
  ]; // prettier-ignore
}

/** A manifest that names the arrays' own hash, so that what is behind the hash is tried too. */
function rehashed(files, manifest, arrays) {
  try {
    const value = JSON.parse(files[manifest]);
    const key = Object.keys(value).find(
      (name) => typeof value[name] === 'string' && /^[0-9a-f]{64}$/.test(value[name]),
    );
    if (key === undefined) return files;
    return { ...files, [manifest]: JSON.stringify({ ...value, [key]: hashBytes(files[arrays]) }) };
  } catch {
    return files; // Not JSON any more: the reader has to say so.
  }
}
