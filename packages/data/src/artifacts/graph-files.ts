import { join } from 'node:path';
import {
  createMatrix,
  graphFileSchema,
  NODE_TYPES,
  RouteProfileError,
  type GraphFile,
  type NamedArray,
  type NodeFeatures,
  type NodeType,
} from '@routeprofile/schema';
import { npzPieces, readNpz } from '../arrays/npz.js';
import { writeFilesAtomic } from '../disk/files.js';
import { hashBytes } from '../disk/hash.js';
import { formatJson } from '../disk/json.js';
import { assertNumbers } from './finite.js';
import { readManifest, readSealed } from './sealed.js';

const GRAPH = 'graph.json';
const FEATURES = 'features.npz';
/** Attribute of the graph that keeps the hash of its features; graphology carries attributes it does not know. */
const SEAL = 'features';

/**
 * Writes `graph.json` (a graphology serialisation) and, when given, `features.npz` (one matrix [nodes × dimensions] a node
 * type); the graph's attributes keep the hash of the features.
 * @throws RouteProfileError SHAPE_MISMATCH, NOT_FINITE, OUTPUT_UNWRITABLE, WRITE_FAILED.
 */
export async function writeGraphFiles(dir: string, graph: GraphFile, features?: NodeFeatures): Promise<void> {
  const path = join(dir, GRAPH);
  const { [SEAL]: _old, ...attributes } = graph.attributes;
  if (features === undefined) {
    await writeFilesAtomic([[path, `${formatJson({ ...graph, attributes }, path, 1)}\n`]]);
    return;
  }
  const arrays = new Map<string, NamedArray>();
  for (const type of NODE_TYPES) {
    const matrix = features[type];
    if (matrix !== undefined) arrays.set(type, { shape: [matrix.rows, matrix.cols], data: matrix.data });
  }
  const npz = npzPieces(arrays, join(dir, FEATURES));
  await writeFilesAtomic([
    [join(dir, FEATURES), npz],
    [path, `${formatJson({ ...graph, attributes: { ...attributes, [SEAL]: hashBytes(npz) } }, path, 1)}\n`],
  ]);
}

/**
 * Reads what `writeGraphFiles` wrote. `features` is absent when the graph was written without.
 * @throws RouteProfileError MISSING_FILE; CORRUPT_FILE naming a file that is half-written, changed, or does not fit the other.
 */
export async function readGraphFiles(dir: string): Promise<{ graph: GraphFile; features?: NodeFeatures }> {
  const path = join(dir, GRAPH);
  const graph = await readManifest(path, graphFileSchema);
  const seal = graph.attributes[SEAL];
  if (typeof seal !== 'string') return { graph };
  const npzPath = join(dir, FEATURES);
  const arrays = readNpz(await readSealed(npzPath, seal, path), npzPath);
  const features: Partial<Record<NodeType, ReturnType<typeof createMatrix>>> = {};
  for (const type of NODE_TYPES) {
    const array = arrays.get(type);
    if (array === undefined) continue;
    const nodes = graph.nodes.filter((node) => node.attributes.type === type).length;
    if (array.shape.length !== 2 || array.shape[0] !== nodes)
      throw new RouteProfileError(
        'CORRUPT_FILE',
        `${npzPath}: ${type} has shape (${array.shape.join(', ')}), expected ${nodes} rows as in ${path}`,
        {
          hint: 'Build the graph again.',
        },
      );
    assertNumbers(array.data, { path: npzPath, field: type, cols: array.shape[1]! });
    features[type] = createMatrix(nodes, array.shape[1]!, array.data);
  }
  return { graph, features };
}
