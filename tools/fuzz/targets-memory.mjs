// Parsers that read from memory: bytes, text or a JSON value.
import { parseJson, parsePythonLiteral, readNpy, readNpz, writeNpz } from '@routeprofile/data';
import { builtIns } from '@routeprofile/pipeline';
import { createOpenAiEncoder, parseVocabulary } from '@routeprofile/encoders';
import { createTokenizer, packStaticFile, readStaticFile } from '@routeprofile/encoder-static';
import { scoreResponse } from '@routeprofile/collect';
import { compareRuns, designSpaceSchema } from '@routeprofile/eval';
import { buildGraph, parseGraph, serializeGraph, toHetero } from '@routeprofile/graph';
import { builtInProfiles, parseQuantization } from '@routeprofile/profiles';
import { renderComparison, renderDesignSpaceText, renderTextTable } from '@routeprofile/report';
import { renderHtmlReport } from '@routeprofile/report/html';
import { builtInRouters, builtInWrappers, personalData } from '@routeprofile/routers';
import {
  parseOptions,
  parseStrategyList,
  parseStrategyReference,
  RouteProfileError,
  rowsFileSchema,
  runConfigSchema,
  runReportSchema,
} from '@routeprofile/schema';
import { packCheckpoint, unpackCheckpoint } from '@routeprofile/tensor';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allFinite, firstOf, notFinite, wrongShape } from './invariants.mjs';
import { mutateBytes, mutateJson, mutateText } from './mutate.mjs';

/** A schema's refusal is named: it says what is wrong where. */
function checked(schema, value) {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new RouteProfileError('BAD_INPUT', parsed.error.issues[0].message, {
      hint: `look at ${parsed.error.issues[0].path.join('.') || 'the whole value'}`,
    });
  return parsed.data;
}

const bytesTarget = (name, seeds, read, check) => ({ name, weight: 10, seeds, mutate: mutateBytes, read, check });
const textTarget = (name, seeds, read, check = () => null) => ({
  name,
  weight: 10,
  seeds,
  mutate: mutateText,
  read,
  check,
});
const jsonTarget = (name, seeds, read, check, weight = 10) => ({
  name,
  weight,
  seeds,
  mutate: mutateJson,
  read,
  check,
});

/** A static encoder of eight pieces. */
const staticFile = () =>
  packStaticFile({
    vocabulary: ['<unk>', '<s>', '</s>', '<1>', '<2>', '<3>', '▁', 'a'].map((piece, i) => [piece, -i]),
    dimensions: 4,
    vectors: Int8Array.from({ length: 32 }, (_, i) => 4 * i - 64),
    scale: Float32Array.of(0.1, 0.2, 0.3, 0.4),
    offset: new Float32Array(4),
  });

const arraysHold = (arrays) => firstOf(...[...arrays].map(([name, array]) => wrongShape(array, name)));

/** Kinds of number that the reader refuses, by name. */
const UNREADABLE = ['complex.npy', 'text.npy'];

function numpyFiles() {
  const folder = 'packages/data/src/fixtures/numpy';
  const files = readdirSync(folder);
  const read = (end) =>
    files
      .filter((file) => file.endsWith(end) && !UNREADABLE.includes(file))
      .map((file) => new Uint8Array(readFileSync(join(folder, file))));
  const own = writeNpz(
    Object.entries({
      a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      b: { shape: [1], data: Float32Array.of(7) },
    }),
  );
  return { npy: read('.npy'), npz: [...read('.npz'), own] };
}

const RESPONSES = [
  'The answer is \\boxed{\\frac{1}{2}}.', '(B) because 12 > 7', 'So #### 1,234.50', '<think>hm</think> The answer is C', 'A dog runs through the park.',
]; // prettier-ignore
const TRUTHS = ['\\frac{1}{2}', 'B', '#### 1234.5', 'C', "['dog', 'run', 'park']"];
const METRICS = ['em', 'em_mc', 'cem', 'f1', 'gsm8k', 'math', 'commongen_coverage'];

/** Reports and rows of a run, as it writes them. */
function reportTargets({ report, rows }) {
  /** A name may be `NaN`; a figure may not. */
  const printed = (text, input) => {
    const shown = text.replace(/<style[\s\S]*?<\/style>|<script[\s\S]*?<\/script>/g, '');
    const words = ['NaN', 'Infinity', 'undefined'].filter((word) => !JSON.stringify(input).includes(word));
    const bad = words.find((word) => new RegExp(`\\b${word}\\b`).test(shown));
    return bad === undefined ? null : `it prints ${bad}`;
  };
  return [
    jsonTarget('report as text', [report], (value) => renderTextTable(checked(runReportSchema, value)), printed, 2),
    jsonTarget('report as HTML', [report], (value) => renderHtmlReport(checked(runReportSchema, value)), printed, 0.05),
    jsonTarget(
      'design space',
      [{ name: 'space', scenarios: [{ name: 'standard', report }] }],
      (value) => renderDesignSpaceText(checked(designSpaceSchema, value)),
      printed,
      2,
    ),
    jsonTarget(
      'compared rows',
      [rows],
      (value) => {
        const file = checked(rowsFileSchema, value);
        const run = (name, label) => ({ name, file, label });
        const labels = [rows.rows[0].label, rows.baselines[0].label];
        return renderComparison(compareRuns(run('A', labels[0]), run('B', labels[1]), { seed: 1, resamples: 50 }));
      },
      printed,
      2,
    ),
  ];
}

const CARDS = [
  { name: 'a', family: 'F', text: 'x', price: null, auxiliary: false, scores: new Map([['t', { value: 50 }]]) },
];

export function memoryTargets(run) {
  const { npy, npz } = numpyFiles();
  const references = [
    'emb-gnn:hops=2:norm=sym',
    'knn:k=20+cost:within=0.02+constraints:json=true',
    'emb-gnn@task:hops=1',
    '@me/router@1.2.0:x=1e3',
  ];
  const strategies = [...builtInProfiles, ...builtInRouters, ...builtInWrappers];
  const graphSource = {
    models: ['a'],
    cards: CARDS,
    families: [{ name: 'F', text: 'fam' }],
    tasks: [{ name: 't', text: 'task' }],
    domains: [],
    taskQueries: [{ task: 't', queries: ['q?'] }],
  };
  const graph = JSON.parse(JSON.stringify(serializeGraph(buildGraph(graphSource, { preset: 'query-task' }))));
  return [
    bytesTarget(
      'static encoder',
      [staticFile()],
      (bytes) => {
        const file = readStaticFile(bytes, 'own.safetensors');
        return { file, pieces: createTokenizer(file.vocabulary).encode('a ba 😀 a') };
      },
      ({ file: { vocabulary, dimensions, vectors, scale, offset }, pieces }) =>
        firstOf(
          vectors.length === vocabulary.length * dimensions ? null : `${vectors.length} numbers in its vectors`,
          [...scale, ...offset].every(Number.isFinite) ? null : 'its scale or offset is not finite',
          pieces.every((id) => id < vocabulary.length) ? null : 'a piece outside its vocabulary',
        ),
    ),
    bytesTarget(
      'npy',
      npy,
      (bytes) => readNpy(bytes, 'array.npy'),
      (array) => wrongShape(array, 'array'),
    ),
    bytesTarget('npz', npz, (bytes) => readNpz(bytes, 'arrays.npz'), arraysHold),
    bytesTarget(
      'checkpoint',
      [
        packCheckpoint(
          { w: { shape: [2], data: Float32Array.of(1, 2) }, v: { shape: [3], data: Float32Array.of(3, 4, 5) } },
          { epoch: 3 },
        ),
      ],
      (bytes) => unpackCheckpoint(bytes),
      ({ weights }) => arraysHold(Object.entries(weights)),
    ),
    textTarget(
      'python literal',
      ["['a', 'b', {'c': 1.5, 'd': (True, None)}]", "{\"x\": -1e3, 2: 'it\\'s'}"],
      parsePythonLiteral,
    ),
    textTarget('JSON text', ['{"a": [1, 2.5e3, "x"], "b": {"c": null}}'], (text) => parseJson(text, 'file.json')),
    textTarget('strategy', references, parseStrategyReference, ({ name, options }) =>
      firstOf(name.trim() === '' ? 'an empty name' : null, notFinite(options)),
    ),
    textTarget('strategies', [references.join(',')], parseStrategyList, (list) => notFinite(list)),
    textTarget('quantization', ['int8', 'pca:64'], parseQuantization, (value) => notFinite(value)),
    textTarget(
      'personal data',
      ['Write to ann@example.org or +49 170 1234567, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00'],
      personalData,
    ),
    ...METRICS.flatMap((metric) =>
      textTarget(
        `answer graded by ${metric}`,
        RESPONSES.map((response, i) => `${response}\u0001${TRUTHS[i]}`),
        (text) => {
          const [response, ...truth] = text.split('\u0001');
          return scoreResponse(metric, response, truth.join(''));
        },
        (score) => (score === null || (score >= 0 && score <= 1) ? null : `a score of ${score}`),
      ),
    ).map((target) => ({ ...target, weight: 2 })),
    ...strategies.map((strategy) =>
      jsonTarget(
        `options of ${strategy.kind} ${strategy.name}`,
        [parseOptionsOrEmpty(strategy)],
        (value) => parseOptions(strategy, value),
        allFinite,
        1,
      ),
    ),
    jsonTarget(
      'config',
      [
        {
          data: 'x',
          profile: ['flat', { name: 'emb-gnn', options: { hops: 2 } }],
          router: 'knn:k=3',
          seed: [1, 2],
          scenarios: [{ name: 'a', mode: 'newllm', newModel: ['m'] }],
        },
      ],
      (value) => checked(runConfigSchema, value),
      allFinite,
    ),
    jsonTarget(
      'graph',
      [graph],
      (value) => toHetero(parseGraph(value, 'graph.json')),
      (value) => notFinite(value, { nan: true }),
    ),
    jsonTarget(
      'vocabulary',
      [
        [
          ['<unk>', 0],
          ['<s>', 0],
          ['</s>', 0],
          ['<a>', 0],
          ['<b>', 0],
          ['<c>', null],
          ['▁a', -1.5],
          ['b', -2],
        ],
      ],
      (value) => parseVocabulary(value, 'vocab.json'),
      () => null,
    ),
    jsonTarget(
      'embeddings answer',
      [
        {
          object: 'list',
          data: [
            { index: 0, embedding: [0.1, 0.2] },
            { index: 1, embedding: [0.3, 0.4] },
          ],
          model: 'm',
          usage: { prompt_tokens: 2 },
        },
      ],
      embeddingsOf,
      (matrix) => firstOf(notFinite(matrix), matrix.rows === 2 ? null : `${matrix.rows} rows for 2 texts`),
      2,
    ),
    ...reportTargets(run),
    {
      name: 'built-ins',
      weight: 0.01,
      seeds: [{}],
      mutate: (_, value) => value,
      read: () => builtIns(),
      check: (items) => notFinite(items),
    },
  ];
}

function parseOptionsOrEmpty(strategy) {
  const parsed = strategy.options.safeParse({});
  return parsed.success ? JSON.parse(JSON.stringify(parsed.data)) : {};
}

async function embeddingsOf(answer) {
  const encoder = await createOpenAiEncoder({
    model: 'm',
    baseUrl: 'http://127.0.0.1:9/v1',
    delays: [],
    options: { retries: 0 },
    knownDimensions: 2,
    fetch: async () =>
      new Response(JSON.stringify(answer) ?? 'null', { status: 200, headers: { 'content-type': 'application/json' } }),
  });
  return encoder.encode(['one', 'two']);
}
