import { fromRows, issueText, NODE_TYPES, RouteProfileError, z, type NodeType } from '@routeprofile/schema';
import {
  activate,
  disposeVariables,
  edgeTensors,
  lossAndGradients,
  toVariables,
  type Runtime,
  type Weights,
} from '@routeprofile/tensor';
import type { RelationEdges, Tensor2D, TensorFlow } from '../trainable-gnn/edges.js';
import { hanEncode, layerWidths, type HanShape, type PerType } from '../trainable-gnn/han.js';

const type = z.enum(NODE_TYPES);
const perType = z.partialRecord(type, z.array(z.array(z.number())));
const nested: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(nested)]));
const layer = z.record(z.string(), z.array(nested));
type Nested = number | Nested[];

const fixtureSchema = z.object({
  features: perType,
  /** `source__target` in the direction of the messages → positions of sources and of targets. */
  edges: z.record(z.string(), z.tuple([z.array(z.number().int()), z.array(z.number().int())])),
  layer1: layer,
  layer2: layer,
  hidden: perType,
  output: perType,
  target: perType,
  loss: z.number(),
  grad1: layer,
  grad2: layer,
});
type Fixture = z.output<typeof fixtureSchema>;

/** Largest absolute differences to the fixture. */
export interface HanParity {
  /** Of the hidden and output rows. */
  forward: number;
  /** Of the loss. */
  loss: number;
  /** Of every gradient. */
  gradients: number;
}

/**
 * The published encoder against a fixture computed with PyTorch Geometric (`han.json`): two layers forward, the loss
 * Σ over types of MSE(output, target), and its gradient with respect to every parameter.
 * @throws RouteProfileError BAD_INPUT when the fixture has another format
 */
export async function hanParity(content: unknown, runtime: Runtime): Promise<HanParity> {
  const parsed = fixtureSchema.safeParse(content);
  if (!parsed.success)
    throw new RouteProfileError('BAD_INPUT', `han parity fixture: ${parsed.error.issues.map(issueText).join('; ')}`, {
      hint: 'Give the parsed content of han.json.',
    });
  const fixture = parsed.data;
  await activate(runtime);
  const { tf } = runtime;
  const shape = shapeOf(fixture);
  const variables = toVariables(tf, { ...ours(fixture.layer1, shape, 0), ...ours(fixture.layer2, shape, 1) });
  const expected = { ...ours(fixture.grad1, shape, 0), ...ours(fixture.grad2, shape, 1) };
  try {
    return tf.tidy(() => {
      const edges = edgesOf(tf, fixture);
      const encode = () => hanEncode({ tf, shape, parameters: variables, edges }, inputsOf(tf, fixture.features));
      const { rows, inputs } = encode();
      const forward = Math.max(differences(rows, fixture.output), differences(inputs[1]!, fixture.hidden));
      const { loss, gradients } = lossAndGradients(tf, variables, () => {
        const output = encode().rows;
        const parts = shape.types.map((name) => {
          const target = tf.tensor2d(fixture.target[name]!);
          return tf.mean(tf.square(tf.sub(output[name]!, target)));
        });
        return tf.addN(parts);
      });
      return {
        forward,
        loss: Math.abs(loss.dataSync()[0]! - fixture.loss),
        gradients: Math.max(
          ...Object.entries(expected).map(([name, { data }]) => largest(gradients[name]!.dataSync(), data)),
        ),
      };
    });
  } finally {
    disposeVariables(variables);
  }
}

function shapeOf({ features, edges, layer1 }: Fixture): HanShape {
  const flat = (name: string) => (layer1[name] as Nested[]).length;
  const source = Object.keys(layer1).find((name) => name.startsWith('lin_src.'))!;
  const [heads] = layer1[source] as [Nested[]];
  const first = Object.values(features)[0]!;
  return {
    input: first[0]!.length,
    hidden: flat('k_lin.bias'),
    heads: heads.length,
    layers: 2,
    types: type.options.filter((name) => features[name]),
    relations: Object.keys(edges).map((name) => {
      const [from, to] = name.split('__').map((part) => type.parse(part));
      return { name, source: from!, target: to!, scored: false };
    }),
    scores: false,
    skip: false,
    signed: false,
  };
}

/** PyTorch Geometric's parameters of a layer under our names and in our layout. */
function ours(given: z.output<typeof layer>, shape: HanShape, l: number): Weights {
  const { output, heads } = layerWidths(shape, l);
  const weights: Weights = {};
  for (const [name, value] of Object.entries(given)) {
    const flat = Float32Array.from(numbersOf(value));
    const put = (ourName: string, shapeOfIt: number[], data = flat) =>
      (weights[`layer.${l}.${ourName}`] = { shape: shapeOfIt, data });
    const [kind, ...rest] = name.split('.');
    const relation = (rest[0] ?? '').replace(/^(\w+?)__\w+?_to_\w+?__(\w+)$/, '$1__$2');
    if (kind === 'lin_src') put(`source.${relation}`, [heads, output / heads]);
    else if (kind === 'lin_dst') put(`target.${relation}`, [heads, output / heads]);
    else if (kind === 'q') put('semantic.query', [output]);
    else {
      const ourName = kind === 'k_lin' ? `semantic.${rest[0]}` : name;
      if (name.endsWith('bias')) put(ourName, [flat.length]);
      else put(ourName, [flat.length / output, output], transposed(flat, output));
    }
  }
  return weights;
}

const numbersOf = (value: Nested): number[] => (typeof value === 'number' ? [value] : value.flatMap(numbersOf));

/** [out, in] → [in, out] */
function transposed(data: Float32Array<ArrayBuffer>, out: number): Float32Array<ArrayBuffer> {
  const width = data.length / out;
  return data.map((_, k) => data[(k % out) * width + Math.floor(k / out)]!);
}

function edgesOf(tf: TensorFlow, { edges, features }: Fixture): Map<string, RelationEdges> {
  return new Map(
    Object.entries(edges).map(([name, [sources, targets]]) => {
      const [from, to] = name.split('__').map((part) => type.parse(part));
      const order = targets.map((_, e) => e).sort((a, b) => targets[a]! - targets[b]! || a - b);
      const offsets = new Int32Array(features[to!]!.length + 1);
      for (const j of targets) for (let row = j + 1; row < offsets.length; row++) offsets[row]!++;
      const neighbours = Int32Array.from(order, (e) => sources[e]!);
      return [name, { edges: edgeTensors(tf, offsets, neighbours, features[from!]!.length) }];
    }),
  );
}

const inputsOf = (tf: TensorFlow, features: Fixture['features']) =>
  Object.fromEntries(
    Object.entries(features).map(([name, rows]) => {
      const tensor = tf.tensor2d(rows);
      return [name, { features: tensor, own: (weight: Tensor2D): Tensor2D => tf.matMul(tensor, weight) }];
    }),
  );

const differences = (rows: PerType<Tensor2D>, expected: Fixture['output']) =>
  Math.max(
    ...(Object.keys(expected) as NodeType[]).map((name) =>
      largest(rows[name]?.dataSync() ?? [], fromRows(expected[name]!).data),
    ),
  );

/** Largest absolute difference; infinite between lists of different length. */
function largest(a: ArrayLike<number>, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return b.reduce((max, x, k) => Math.max(max, Math.abs(a[k]! - x)), 0);
}
