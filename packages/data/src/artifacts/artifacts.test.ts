import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createMatrix, type GraphFile, type ProfileSet, type RouterArtifact } from '@routeprofile/schema';
import { readNpz, writeNpz, writeNpzFile } from '../arrays/npz.js';
import { hashBytes } from '../disk/hash.js';
import { failureOf } from '../disk/testing.js';
import { readGraphFiles, writeGraphFiles } from './graph-files.js';
import { readProfileSet, writeProfileSet } from './profile-set.js';
import { readRouterArtifact, writeRouterArtifact } from './router-artifact.js';

const roots: string[] = [];
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rp-artifacts-'));
  roots.push(dir);
});
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true })));

const failure = async (action: () => Promise<unknown>): Promise<string> => {
  const { code, message } = await failureOf(action);
  return `${code}: ${message}`;
};

const profiles: ProfileSet = {
  models: ['meta/llama', 'gpt 4', '7'],
  vectors: createMatrix(3, 2, Float32Array.of(1, 2, 3, 4, 0.1, -6)),
  provenance: {
    strategy: 'emb-gnn',
    options: { hops: 2 },
    designPoint: { form: 'structured', representation: 'embedding', hops: 2, learning: 'training-free' },
    encoder: 'hash',
    graph: { name: 'task', hash: 'x' },
    seed: 42,
    versions: { '@routeprofile/profiles': '0.1.0' },
  },
  texts: ['a', 'b', 'c'],
  biases: Float32Array.of(0.5, 0, -1),
  keyed: {
    labels: ['gsm', 'mbpp'],
    keys: createMatrix(2, 2, Float32Array.of(1, 0, 0, 1)),
    scores: createMatrix(3, 2, Float32Array.of(1, NaN, 2, 3, NaN, 4)),
  },
};

describe('profile sets', () => {
  it('come back whole, by either file name', async () => {
    const path = await writeProfileSet(dir, 'set', profiles);
    expect(readdirSync(dir).sort()).toEqual(['set.json', 'set.npz']);
    expect(await readProfileSet(path)).toEqual(profiles);
    expect(await readProfileSet(join(dir, 'set.json'))).toEqual(profiles);
  });

  it('keep what a strategy learned, apart from the vectors', async () => {
    const state = { 'layer.0': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
    const path = await writeProfileSet(dir, 'learned', { ...profiles, state });
    const back = await readProfileSet(path);
    expect([back.models, back.state]).toEqual([profiles.models, state]);
    expect(await readProfileSet(await writeProfileSet(dir, 'unlearned', profiles))).not.toHaveProperty('state');
    rmSync(path.replace('.npz', '.json'));
    expect((await readProfileSet(path)).models).toEqual(profiles.models);
    const taken = { ...profiles, models: ['state:x', ...profiles.models.slice(1)] };
    await expect(writeProfileSet(dir, 'taken', taken)).rejects.toThrow(/cannot be named state:x/);
  });

  it('are refused by name when cut, changed, or put together from two sets', async () => {
    const path = await writeProfileSet(dir, 'set', profiles);
    await writeProfileSet(dir, 'other', { ...profiles, biases: undefined, vectors: createMatrix(3, 2) });
    const good = readFileSync(path);
    copyFileSync(join(dir, 'other.npz'), path);
    expect(await failure(() => readProfileSet(path))).toMatch(
      /^CORRUPT_FILE: .*set\.npz: is not the file that .*set\.json/,
    );
    writeFileSync(path, good);
    truncateSync(path, 100);
    expect(await failure(() => readProfileSet(path))).toMatch(/^CORRUPT_FILE: .*set\.npz/);
    rmSync(path);
    expect(await failure(() => readProfileSet(path))).toMatch(/^MISSING_FILE: .*set\.npz/);
    writeFileSync(path, good);
    truncateSync(join(dir, 'set.json'), 40);
    expect(await failure(() => readProfileSet(path))).toMatch(/^CORRUPT_FILE: .*set\.json: line/);
    writeFileSync(join(dir, 'set.json'), '{"version": 2}');
    expect(await failure(() => readProfileSet(path))).toMatch(/^CORRUPT_FILE: .*set\.json/);
  });

  it('are not written with shapes that disagree, NaN vectors or a doubled model', async () => {
    expect(await failure(() => writeProfileSet(dir, 's', { ...profiles, models: ['a'] }))).toMatch(/^SHAPE_MISMATCH/);
    expect(await failure(() => writeProfileSet(dir, 's', { ...profiles, models: ['a', 'a', 'b'] }))).toMatch(
      /^SHAPE_MISMATCH/,
    );
    expect(
      await failure(() =>
        writeProfileSet(dir, 's', { ...profiles, vectors: createMatrix(3, 2, new Float32Array(6).fill(NaN)) }),
      ),
    ).toMatch(/^NOT_FINITE/);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('of numbers that arithmetic cannot go on with are neither written nor read', async () => {
    const { keyed } = profiles;
    const spoiled: [RegExp, Partial<ProfileSet>][] = [
      [
        /keyed:keys: row 1, column 0 is NaN/,
        { keyed: { ...keyed!, keys: createMatrix(2, 2, Float32Array.of(1, 0, NaN, 1)) } },
      ],
      [
        /keyed:scores: row 0, column 1 is Infinity.*NaN for "not measured"/,
        { keyed: { ...keyed!, scores: createMatrix(3, 2, Float32Array.of(1, Infinity, 2, 3, NaN, 4)) } },
      ],
      [/biases: number 2 is -Infinity/, { biases: Float32Array.of(0, 0, -Infinity) }],
      [/state:w: number 0 is Infinity/, { state: { w: { shape: [1], data: Float32Array.of(Infinity) } } }],
    ];
    for (const [message, part] of spoiled)
      expect(await failure(() => writeProfileSet(dir, 's', { ...profiles, ...part }))).toMatch(
        new RegExp(`^NOT_FINITE: .*${message.source}`),
      );
    expect(readdirSync(dir)).toEqual([]);
    const path = await writeProfileSet(dir, 'set', profiles);
    const json = readFileSync(join(dir, 'set.json'), 'utf8');
    writeFileSync(join(dir, 'set.json'), json.replace('0.5', '1e308'));
    expect(await failure(() => readProfileSet(path))).toMatch(/^CORRUPT_FILE: .*set\.json: biases\[0\]: is 1e\+308/);
    for (const [name, array, message] of [
      ['keyed:keys', createMatrix(2, 2, Float32Array.of(1, 0, NaN, 1)), /keyed:keys: row 1, column 0 is NaN/],
      ['keyed:scores', createMatrix(3, 2, new Float32Array(6).fill(Infinity)), /keyed:scores: row 0, column 0 is Inf/],
      ['gpt 4', createMatrix(1, 2, Float32Array.of(0, NaN)), /gpt 4: number 1 is NaN/],
    ] as const) {
      const arrays = readNpz(readFileSync(path), path);
      const { rows, cols, data } = array;
      const npz = writeNpz(arrays.set(name, { shape: rows === 1 ? [cols] : [rows, cols], data }));
      writeFileSync(path, npz);
      writeFileSync(join(dir, 'set.json'), json.replace(/"vectors": "\w+"/, `"vectors": "${hashBytes(npz)}"`));
      expect(await failure(() => readProfileSet(path))).toMatch(
        new RegExp(`^CORRUPT_FILE: .*set\\.npz: ${message.source}`),
      );
      await writeProfileSet(dir, 'set', profiles);
    }
  });

  it('made by numpy.savez load without a json, and say that they are imported', async () => {
    const file = join(dir, 'numpy.npz');
    copyFileSync(fileURLToPath(new URL('../fixtures/numpy/stored.npz', import.meta.url)), file);
    const set = await readProfileSet(file);
    expect(set.models).toEqual(['meta/llama-3', 'gpt-4']);
    expect([...set.vectors.data]).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(set.provenance).toMatchObject({ strategy: 'imported', encoder: null, options: { file: 'numpy.npz' } });
  });

  it('of wrong shapes are refused with the model that is wrong', async () => {
    const file = join(dir, 'x.npz');
    await writeNpzFile(
      file,
      new Map([
        ['a', { shape: [2], data: new Float32Array(2) }],
        ['b', { shape: [3], data: new Float32Array(3) }],
      ]),
    );
    expect(await failure(() => readProfileSet(file))).toMatch(
      /^SHAPE_MISMATCH: .*x\.npz: b has shape \(3\), expected \(2\)/,
    );
    await writeNpzFile(file, new Map([['a', { shape: [2], data: Float32Array.of(1, Infinity) }]]));
    expect(await failure(() => readProfileSet(file))).toMatch(
      /^CORRUPT_FILE: .*x\.npz: a: number 1 is Infinity, expected a finite number/,
    );
    await writeNpzFile(file, new Map());
    expect(await failure(() => readProfileSet(file))).toMatch(/^BAD_INPUT: .*x\.npz: holds no vectors/);
  });

  it.runIf(spawnSync('python3', ['-c', 'import numpy']).status === 0)('are read by numpy.load', async () => {
    const path = await writeProfileSet(dir, 'set', profiles);
    const script =
      'import sys, numpy as np\nf = np.load(sys.argv[1])\nprint(f["meta/llama"].tolist(), f["7"].dtype, f["7"].shape)';
    expect(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }).trim()).toBe('[1.0, 2.0] float32 (2,)');
  });
});

describe('router artifacts', () => {
  const artifact: RouterArtifact = {
    manifest: {
      version: 1,
      strategy: 'mlp',
      options: { epochs: 2 },
      models: ['a', 'b'],
      encoder: 'hash',
      dimensions: 2,
      seed: 1,
      state: { temperature: 0.5 },
    },
    weights: {
      'query.0.weight': { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      bias: { shape: [1], data: Float32Array.of(-1) },
    },
  };

  it('come back whole, also without weights', async () => {
    await writeRouterArtifact(join(dir, 'r'), artifact);
    expect(await readRouterArtifact(join(dir, 'r'))).toEqual(artifact);
    await writeRouterArtifact(dir, { ...artifact, weights: {} });
    expect((await readRouterArtifact(dir)).weights).toEqual({});
  });

  it('are refused with a model named twice, or weights that are infinite', async () => {
    const doubled = { ...artifact, manifest: { ...artifact.manifest, models: ['a', 'a'] } };
    await writeRouterArtifact(dir, doubled);
    expect(await failure(() => readRouterArtifact(dir))).toMatch(
      /^CORRUPT_FILE: .*router\.json: models\[1\]: "a" occurs twice/,
    );
    const infinite = { bias: { shape: [2], data: Float32Array.of(NaN, Infinity) } };
    await writeRouterArtifact(dir, { ...artifact, weights: infinite });
    expect(await failure(() => readRouterArtifact(dir))).toMatch(
      /^CORRUPT_FILE: .*weights\.npz: bias: number 1 is Infinity/,
    );
  });

  it('are refused when the weights are of another router', async () => {
    await writeRouterArtifact(join(dir, 'a'), artifact);
    await writeRouterArtifact(join(dir, 'b'), { ...artifact, weights: {} });
    copyFileSync(join(dir, 'b', 'weights.npz'), join(dir, 'a', 'weights.npz'));
    expect(await failure(() => readRouterArtifact(join(dir, 'a')))).toMatch(/^CORRUPT_FILE: .*weights\.npz/);
    expect(await failure(() => readRouterArtifact(join(dir, 'none')))).toMatch(/^MISSING_FILE: .*router\.json/);
  });
});

describe('graph files', () => {
  const node = (type: 'model' | 'task', name: string) => ({
    key: `${type}:${name}`,
    attributes: { type, name, text: '' },
  });
  const graph: GraphFile = {
    options: { type: 'directed', multi: false },
    attributes: { name: 'task', format: 'routeprofile-graph-1' },
    nodes: [node('model', 'a'), node('model', 'b'), node('task', 't')],
    edges: [{ source: 'model:a', target: 'task:t', attributes: { relation: 'model__task', score: 1.5 } }],
  };
  const features = { model: createMatrix(2, 2, Float32Array.of(1, 2, 3, 4)), task: createMatrix(1, 2) };

  it('come back with and without features', async () => {
    await writeGraphFiles(dir, graph);
    expect(await readGraphFiles(dir)).toEqual({ graph });
    await writeGraphFiles(dir, graph, features);
    const back = await readGraphFiles(dir);
    expect(back.features).toEqual(features);
    expect(back.graph.nodes).toEqual(graph.nodes);
    // Writing what was read gives the same files; dropping the features drops their seal.
    const bytes = readFileSync(join(dir, 'graph.json'), 'utf8');
    await writeGraphFiles(dir, back.graph, back.features);
    expect(readFileSync(join(dir, 'graph.json'), 'utf8')).toBe(bytes);
    await writeGraphFiles(dir, back.graph);
    expect(await readGraphFiles(dir)).toEqual({ graph });
  });

  it('are refused when the features do not fit or were changed', async () => {
    await writeGraphFiles(dir, graph, { ...features, model: createMatrix(3, 2) });
    expect(await failure(() => readGraphFiles(dir))).toMatch(
      /^CORRUPT_FILE: .*features\.npz: model has shape \(3, 2\), expected 2 rows/,
    );
    await writeGraphFiles(dir, graph, { ...features, model: createMatrix(2, 2, Float32Array.of(1, 2, NaN, 4)) });
    expect(await failure(() => readGraphFiles(dir))).toMatch(
      /^CORRUPT_FILE: .*features\.npz: model: row 1, column 0 is NaN/,
    );
    truncateSync(join(dir, 'features.npz'), 10);
    expect(await failure(() => readGraphFiles(dir))).toMatch(/^CORRUPT_FILE: .*features\.npz/);
  });
});

const fixtures = join(process.env['ROUTEPROFILE_FIXTURES'] ?? '', 'golden-graph', 'newllm-task');
describe.runIf(process.env['ROUTEPROFILE_FIXTURES'] !== undefined && existsSync(fixtures))(
  'published profile vectors',
  () => {
    it('load as they are', async () => {
      const set = await readProfileSet(join(fixtures, 'emb_gnn_sym_K2.npz'));
      expect([set.vectors.cols, set.models.includes('llama-3.3-70b-instruct')]).toEqual([768, true]);
    });
  },
);
