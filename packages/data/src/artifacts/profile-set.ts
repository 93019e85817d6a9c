import { basename, join } from 'node:path';
import {
  createMatrix,
  profileManifestSchema,
  RouteProfileError,
  rowOf,
  type ErrorCode,
  type Matrix,
  type NamedArray,
  type ProfileManifest,
  type ProfileSet,
  type Provenance,
} from '@routeprofile/schema';
import type { WritableArray } from '../arrays/npy.js';
import { npzPieces, readNpz } from '../arrays/npz.js';
import { writeFilesAtomic } from '../disk/files.js';
import { hashBytes } from '../disk/hash.js';
import { formatJson } from '../disk/json.js';
import { exists, readBytes } from '../disk/read.js';
import { assertNumbers } from './finite.js';
import { packRows, unpackRows } from './packed-rows.js';
import { readManifest, readSealed } from './sealed.js';

/**
 * Arrays that are not the vector of a model: `keyed:keys` [keys × dimensions], `keyed:scores` [models × keys], `keyed:queries` [keys],
 * `state:NAME`, and under `scale:` the scales of rows stored as bytes: `scale:vectors` [models], `scale:keyed:keys` [keys],
 * `scale:keyed:scores` [models]. Where there are scales, a number is its byte times its row's scale, and −128 is NaN.
 */
const KEYS = 'keyed:keys';
const SCORES = 'keyed:scores';
const QUERIES = 'keyed:queries';
const STATE = 'state:';
const SCALE = 'scale:';
const VECTORS = 'vectors';
const isReserved = (name: string) => ['keyed:', STATE, SCALE].some((prefix) => name.startsWith(prefix));

type Arrays = Map<string, WritableArray>;

/** A matrix, packed where that loses nothing, under a name, or a row a name. */
function addRows(arrays: Arrays, matrix: Matrix, what: string, rowNames?: readonly string[]): void {
  const packed = packRows(matrix);
  const { rows, cols } = matrix;
  const data = packed?.codes ?? matrix.data;
  if (!rowNames) arrays.set(what, { shape: [rows, cols], data });
  else
    rowNames.forEach((name, i) => arrays.set(name, { shape: [cols], data: data.subarray(i * cols, (i + 1) * cols) }));
  if (packed) arrays.set(`${SCALE}${what}`, { shape: [rows], data: packed.scales });
}

/** The rows as they were given to `addRows`. */
function unpacked(arrays: ReadonlyMap<string, NamedArray>, matrix: Matrix, what: string, path: string): Matrix {
  const scales = arrays.get(`${SCALE}${what}`);
  return scales ? unpackRows({ ...matrix, codes: matrix.data, scales: scales.data }, path) : matrix;
}

function assertConsistent(set: ProfileSet): void {
  const { models, vectors, keyed, texts, biases } = set;
  const mismatch = (message: string): never => {
    throw new RouteProfileError('SHAPE_MISMATCH', `profile set: ${message}`);
  };
  if (vectors.rows !== models.length) mismatch(`${models.length} models but ${vectors.rows} vectors`);
  if (new Set(models).size !== models.length) mismatch('a model name occurs twice');
  if (texts !== undefined && texts.length !== models.length)
    mismatch(`${models.length} models but ${texts.length} texts`);
  if (biases !== undefined && biases.length !== models.length)
    mismatch(`${models.length} models but ${biases.length} biases`);
  if (keyed === undefined) return;
  if (
    keyed.keys.rows !== keyed.labels.length ||
    keyed.scores.cols !== keyed.labels.length ||
    keyed.scores.rows !== models.length
  )
    mismatch('keyed scores do not fit their keys and models');
  if (keyed.queries !== undefined && keyed.queries.length !== keyed.labels.length)
    mismatch(`${keyed.labels.length} keys but ${keyed.queries.length} of them say which query they are`);
}

/** Every number of a set that arithmetic will meet: NaN only where something was not measured. */
function assertFiniteNumbers(
  { models, vectors, keyed, biases, state }: ProfileSet,
  path: string,
  code: ErrorCode,
): void {
  models.forEach((model, i) => assertNumbers(rowOf(vectors, i), { path, field: model, code }));
  if (keyed !== undefined) {
    const { keys, scores } = keyed;
    assertNumbers(keys.data, { path, field: KEYS, cols: keys.cols, code });
    assertNumbers(scores.data, { path, field: SCORES, cols: scores.cols, missing: true, code });
  }
  if (biases !== undefined) assertNumbers(biases, { path, field: 'biases', code });
  for (const [name, { data }] of Object.entries(state ?? {}))
    assertNumbers(data, { path, field: `${STATE}${name}`, missing: true, code });
}

/**
 * Writes `NAME.npz` (one float32 vector per model, readable by `numpy.load`; keyed scores and what a strategy learned under
 * `keyed:` and `state:` names; rows of a quantized set as int8 with their scales under `scale:` names) and `NAME.json` (provenance, texts, biases, the npz's hash). Both are complete on disk before either gets its name.
 * @returns the path of the `.npz`
 * @throws RouteProfileError SHAPE_MISMATCH, NOT_FINITE, OUTPUT_UNWRITABLE, WRITE_FAILED.
 */
export async function writeProfileSet(dir: string, name: string, set: ProfileSet): Promise<string> {
  assertConsistent(set);
  assertFiniteNumbers(set, `profile set ${name}`, 'NOT_FINITE');
  const { models, vectors, keyed } = set;
  const reserved = models.find(isReserved);
  if (reserved !== undefined)
    throw new RouteProfileError('BAD_INPUT', `profile set ${name}: a model cannot be named ${reserved}`);
  const arrays: Arrays = new Map();
  addRows(arrays, vectors, VECTORS, models);
  if (keyed !== undefined) {
    addRows(arrays, keyed.keys, KEYS);
    addRows(arrays, keyed.scores, SCORES);
    if (keyed.queries) arrays.set(QUERIES, { shape: [keyed.queries.length], data: Float32Array.from(keyed.queries) });
  }
  for (const [key, array] of Object.entries(set.state ?? {})) arrays.set(`${STATE}${key}`, array);
  const path = join(dir, `${name}.npz`);
  const npz = npzPieces(arrays, path);
  const manifest: ProfileManifest = {
    version: 1,
    models,
    dimensions: vectors.cols,
    vectors: hashBytes(npz),
    provenance: set.provenance,
    ...(set.texts && { texts: [...set.texts] }),
    ...(set.biases && { biases: [...set.biases] }),
    ...(keyed && { keyLabels: [...keyed.labels] }),
  };
  const manifestPath = join(dir, `${name}.json`);
  await writeFilesAtomic([
    [path, npz],
    [manifestPath, `${formatJson(manifest, manifestPath, 2)}\n`],
  ]);
  return path;
}

/** Where vectors made by another program come from: all that can be said. */
const imported = (file: string): Provenance => ({
  strategy: 'imported',
  options: { file: basename(file) },
  designPoint: { form: 'flat', representation: 'embedding', hops: 0, learning: 'training-free' },
  encoder: null,
  graph: null,
  seed: 0,
  versions: {},
  notes: ['The vectors were read from a file without provenance; how they were made is not known.'],
});

function vectorsOf(models: readonly string[], arrays: ReadonlyMap<string, NamedArray>, path: string): Matrix {
  const first = models[0] === undefined ? undefined : arrays.get(models[0]);
  const dimensions = first?.data.length ?? 0;
  if (first === undefined || dimensions === 0)
    throw new RouteProfileError('BAD_INPUT', `${path}: holds no vectors`, {
      hint: 'Save one vector per model name, e.g. with numpy.savez.',
    });
  const vectors = createMatrix(models.length, dimensions);
  models.forEach((model, i) => {
    const array = arrays.get(model);
    if (array === undefined)
      throw new RouteProfileError('CORRUPT_FILE', `${path}: has no vector for ${model}`, {
        hint: 'Make the profile set again.',
      });
    // A vector is [d], or [1, d] as NumPy users often save it.
    if (array.data.length !== dimensions || array.shape.at(-1) !== dimensions)
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `${path}: ${model} has shape (${array.shape.join(', ')}), expected (${dimensions})`,
        {
          hint: 'Every model needs a vector of the same length.',
        },
      );
    vectors.data.set(array.data, i * dimensions);
  });
  return unpacked(arrays, vectors, VECTORS, path);
}

/** Keys or scores of a set that has them. */
const keyedMatrix = (arrays: ReadonlyMap<string, NamedArray>, what: string, rows: number, path: string): Matrix =>
  unpacked(arrays, asMatrix(arrays.get(what), rows, path, what), what, path);

function asMatrix(array: NamedArray | undefined, rows: number, path: string, what: string): Matrix {
  if (array === undefined || array.shape.length !== 2 || array.shape[0] !== rows)
    throw new RouteProfileError('CORRUPT_FILE', `${path}: ${what} is missing or does not have ${rows} rows`, {
      hint: 'Make the profile set again.',
    });
  return createMatrix(rows, array.shape[1]!, array.data);
}

/** Of which training query a key is, where the file says so. */
function queriesOf(arrays: ReadonlyMap<string, NamedArray>, keys: number, path: string): { queries?: Int32Array } {
  const array = arrays.get(QUERIES);
  if (array === undefined) return {};
  if (array.data.length !== keys || !array.data.every((query) => Number.isInteger(query) && query >= -1))
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${path}: ${QUERIES} does not name a query, or −1, for each of ${keys} keys`,
      {
        hint: 'Make the profile set again.',
      },
    );
  return { queries: Int32Array.from(array.data) };
}

/**
 * Reads a profile set: `NAME.npz` with the `NAME.json` beside it (either path may be given). A bare `.npz`, such as one
 * made by `numpy.savez`, loads too; its provenance then has the strategy `imported`.
 * @throws RouteProfileError MISSING_FILE; CORRUPT_FILE when the two files do not belong together, one was changed,
 * or a number is not finite; SHAPE_MISMATCH.
 */
export async function readProfileSet(file: string): Promise<ProfileSet> {
  const stem = file.replace(/\.(npz|json)$/, '');
  const path = `${stem}.npz`;
  const manifestPath = `${stem}.json`;
  if (!(await exists(manifestPath))) {
    const arrays = readNpz(await readBytes(path), path);
    const models = [...arrays.keys()].filter((name) => !isReserved(name));
    const set: ProfileSet = { models, vectors: vectorsOf(models, arrays, path), provenance: imported(path) };
    assertFiniteNumbers(set, path, 'CORRUPT_FILE');
    return set;
  }
  const manifest = await readManifest(manifestPath, profileManifestSchema);
  const { models, dimensions, provenance, texts, biases, keyLabels } = manifest;
  const arrays = readNpz(await readSealed(path, manifest.vectors, manifestPath), path);
  const vectors = vectorsOf(models, arrays, path);
  const set: ProfileSet = { models, vectors, provenance };
  if (texts !== undefined) set.texts = texts;
  if (biases !== undefined) set.biases = Float32Array.from(biases);
  if (keyLabels !== undefined)
    set.keyed = {
      keys: keyedMatrix(arrays, KEYS, keyLabels.length, path),
      labels: keyLabels,
      scores: keyedMatrix(arrays, SCORES, models.length, path),
      ...queriesOf(arrays, keyLabels.length, path),
    };
  const state = [...arrays].filter(([key]) => key.startsWith(STATE));
  if (state.length > 0) set.state = Object.fromEntries(state.map(([key, array]) => [key.slice(STATE.length), array]));
  if (vectors.cols !== dimensions)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${path}: vectors have ${vectors.cols} numbers, ${manifestPath} says ${dimensions}`,
    );
  assertFiniteNumbers(set, path, 'CORRUPT_FILE');
  try {
    assertConsistent(set);
  } catch (cause) {
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${manifestPath}: ${cause instanceof Error ? cause.message : 'is inconsistent'}`,
      {
        hint: 'Make the profile set again.',
        cause,
      },
    );
  }
  return set;
}
