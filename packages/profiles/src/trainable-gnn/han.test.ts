import { beforeAll, describe, expect, it } from 'vitest';
import { createMatrix, createRandom, type HeteroGraph, type NodeFeatures, type NodeType } from '@routeprofile/schema';
import { createRuntime, disposeVariables, toVariables, type Runtime } from '@routeprofile/tensor';
import { graphOf, matrix, toyFeatures, toyGraph } from '../testing/toy.js';
import { directedRelations, edgeMap, withoutTensors, type Tensor2D } from './edges.js';
import { hanEncode, type HanShape } from './han.js';
import { decoderWeights, encoderWeights } from './network.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime({ backend: 'embedded' });
});

const repaired = { scores: true, skip: true, signed: true };
const published = { scores: false, skip: false, signed: false };
type Variant = typeof repaired;

function shapeOf(graph: HeteroGraph, variant: Variant, sizes: Partial<HanShape> = {}): HanShape {
  return {
    input: 2,
    hidden: 8,
    heads: 2,
    layers: 2,
    types: graph.nodes.map(({ type }) => type),
    relations: directedRelations(graph),
    ...variant,
    ...sizes,
  };
}

const streams = (label: string) => createRandom(3, label);
const count = (weights: ReturnType<typeof encoderWeights>) =>
  Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);

/** Every type's rows with fresh weights. */
function encode(graph: HeteroGraph, features: NodeFeatures, shape: HanShape): Record<string, number[][]> {
  const { tf } = runtime;
  const variables = toVariables(tf, encoderWeights(streams, shape));
  const counts = Object.fromEntries(graph.nodes.map(({ type, names }) => [type, names.length]));
  const scores = new Map(
    graph.relations.flatMap(({ name, scores: raw }) => (raw ? [[name, raw.map((x) => x / 50 - 1)] as const] : [])),
  );
  const rows = withoutTensors(tf, () => {
    const inputs = Object.fromEntries(
      graph.nodes.map(({ type }) => {
        const { rows: n, cols, data } = features[type]!;
        const x = tf.tensor2d(data, [n, cols]);
        return [type, { features: x, own: (weight: Tensor2D): Tensor2D => tf.matMul(x, weight) }];
      }),
    );
    const edges = edgeMap(tf, directedRelations(graph), counts, { scores });
    const output = hanEncode({ tf, shape, parameters: variables, edges }, inputs);
    return Object.fromEntries(Object.entries(output.rows).map(([type, x]) => [type, x.arraySync()]));
  });
  disposeVariables(variables);
  return rows;
}

const withScore = (score: number) =>
  graphOf(
    { family: 1, model: 3, task: 2 },
    {
      family__model: [
        [0, 0],
        [0, 1],
      ],
      model__task: [
        [0, 0, score],
        [0, 1, 60],
        [1, 0, 100],
        [2, 1, 40],
      ],
    },
  );

describe('weights', () => {
  it('are as many as in the published network on the task graph', () => {
    const shape = shapeOf(toyGraph, published, { input: 768, hidden: 256, heads: 4 });
    expect(count(encoderWeights(streams, shape))).toBe(1_848_320);
    const decoders = decoderWeights(streams, shape.types, 768);
    const tokens = Object.keys(decoders).filter((name) => name.startsWith('token.'));
    expect(tokens.reduce((sum, name) => sum + decoders[name]!.data.length, 0)).toBe(2_304);
    expect(count(decoders) - 2_304).toBe(4_724_737);
  });

  it('are T (in·out + out) + 2 R out + out² + 2 out a layer', () => {
    for (const layers of [1, 3]) {
      const shape = shapeOf(toyGraph, published, { layers });
      const size = (input: number, output: number) =>
        3 * (input * output + output) + 8 * output + output ** 2 + 2 * output;
      expect(count(encoderWeights(streams, shape))).toBe(
        layers === 1 ? size(2, 2) : size(2, 8) + size(8, 8) + size(8, 2),
      );
    }
  });
});

describe.each(Object.entries({ repaired, published }))('the %s network', (_, variant) => {
  it('gives unit rows', () => {
    for (const rows of Object.values(encode(toyGraph, toyFeatures, shapeOf(toyGraph, variant))))
      for (const row of rows) {
        const length = Math.hypot(...row);
        expect(length < 1e-6 || Math.abs(length - 1) < 1e-5).toBe(true);
      }
  });

  it('gives the same rows in another order of the nodes', () => {
    const order = [2, 0, 1];
    const place = (m: number) => order.indexOf(m);
    const [family, scored] = toyGraph.relations;
    const turned: HeteroGraph = {
      ...toyGraph,
      relations: [
        { ...family!, targetIndex: family!.targetIndex.map(place) },
        { ...scored!, sourceIndex: scored!.sourceIndex.map(place) },
      ],
    };
    const model = toyFeatures.model!;
    const moved = matrix(...order.map((m) => [...model.data.subarray(2 * m, 2 * m + 2)]));
    const straight = encode(toyGraph, toyFeatures, shapeOf(toyGraph, variant));
    const permuted = encode(turned, { ...toyFeatures, model: moved }, shapeOf(toyGraph, variant));
    order.forEach((m, row) =>
      permuted['model']![row]!.forEach((x, d) => expect(Math.abs(x - straight['model']![m]![d]!)).toBeLessThan(1e-5)),
    );
    permuted['task']!.flat().forEach((x, k) => expect(Math.abs(x - straight['task']!.flat()[k]!)).toBeLessThan(1e-5));
  });

  it('sums before projecting or after, to the same rows', () => {
    // Nine queries on two tasks are summed first; with nine tasks of their own they are projected first.
    const queries = Array.from({ length: 9 }, (_, q): [number, number] => [q, q % 2]);
    const few = graphOf({ task: 2, query: 9 }, { query__task: queries });
    const many = graphOf({ task: 9, query: 9 }, { query__task: queries });
    const random = createRandom(4, 'features');
    const rows = (n: number) =>
      createMatrix(
        n,
        2,
        Float32Array.from({ length: 2 * n }, () => random.normal()),
      );
    const [query, task] = [rows(9), rows(2)];
    const padded = createMatrix(9, 2);
    padded.data.set(task.data);
    const shape = shapeOf(few, variant, { layers: 1 });
    const summed = encode(few, { query, task }, shape)['task']!;
    const projected = encode(many, { query, task: padded }, shape)['task']!.slice(0, 2);
    summed.flat().forEach((x, k) => expect(Math.abs(x - projected.flat()[k]!)).toBeLessThan(1e-5));
  });
});

describe('repairs', () => {
  const models = (variant: Variant, score: number) =>
    encode(withScore(score), toyFeatures, shapeOf(toyGraph, variant))['model']!.flat();

  it('let scores change the profiles, which the published network does not', () => {
    expect(models(published, 20)).toEqual(models(published, 90));
    const moved = models(repaired, 20).map((x, k) => Math.abs(x - models(repaired, 90)[k]!));
    expect(Math.max(...moved)).toBeGreaterThan(1e-2);
  });

  it('allow negative columns, which the published network cannot give', () => {
    const shape = (variant: Variant) => shapeOf(toyGraph, variant, { input: 2 });
    const negative: NodeFeatures = { ...toyFeatures, model: matrix([-1, 2], [3, -4], [-5, -6]) };
    const all = (variant: Variant) => Object.values(encode(toyGraph, negative, shape(variant))).flat(2);
    expect(Math.min(...all(published))).toBeGreaterThanOrEqual(0);
    expect(Math.min(...all(repaired))).toBeLessThan(0);
  });

  it.each([1, 2, 3, 4])('keep models apart at %d layers', (layers) => {
    // Eight models alike but for their own text: same family, same tasks.
    const width = 32;
    const random = createRandom(6, 'texts');
    const rows = (n: number) =>
      createMatrix(
        n,
        width,
        Float32Array.from({ length: n * width }, () => random.normal()),
      );
    const graph = graphOf(
      { family: 1, model: 8, task: 4 },
      {
        family__model: Array.from({ length: 8 }, (_, m): [number, number] => [0, m]),
        model__task: Array.from({ length: 32 }, (_, k): [number, number, number] => [k % 8, k >> 3, 50]),
      },
    );
    const features: Partial<Record<NodeType, ReturnType<typeof rows>>> = {
      family: rows(1),
      model: rows(8),
      task: rows(4),
    };
    const cosine = (variant: Variant) => {
      const profiles = encode(graph, features, shapeOf(graph, variant, { input: width, layers }))['model']!;
      const pairs = profiles.flatMap((a, i) =>
        profiles.slice(i + 1).map((b) => a.reduce((sum, x, d) => sum + x * b[d]!, 0)),
      );
      return pairs.reduce((a, b) => a + b, 0) / pairs.length;
    };
    expect(cosine(published)).toBeGreaterThan(0.9);
    expect(cosine(repaired)).toBeLessThan(0.5);
  });
});
