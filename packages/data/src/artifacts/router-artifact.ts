import { join } from 'node:path';
import { routerFileSchema, type NamedArray, type RouterArtifact } from '@routeprofile/schema';
import { npzPieces, readNpz } from '../arrays/npz.js';
import { writeFilesAtomic } from '../disk/files.js';
import { hashBytes } from '../disk/hash.js';
import { formatJson } from '../disk/json.js';
import { assertNumbers } from './finite.js';
import { readManifest, readSealed } from './sealed.js';

const MANIFEST = 'router.json';
const WEIGHTS = 'weights.npz';

/**
 * Writes a fitted router as `router.json` and `weights.npz` into `dir`; the json keeps the weights' hash.
 * @throws RouteProfileError SHAPE_MISMATCH, NOT_FINITE (in the manifest), OUTPUT_UNWRITABLE, WRITE_FAILED.
 */
export async function writeRouterArtifact(dir: string, artifact: RouterArtifact): Promise<void> {
  const weights = npzPieces(new Map(Object.entries(artifact.weights)), join(dir, WEIGHTS));
  const path = join(dir, MANIFEST);
  await writeFilesAtomic([
    [join(dir, WEIGHTS), weights],
    [path, `${formatJson({ ...artifact.manifest, weights: hashBytes(weights) }, path, 2)}\n`],
  ]);
}

/**
 * Reads what `writeRouterArtifact` wrote.
 * @throws RouteProfileError MISSING_FILE; CORRUPT_FILE naming the file that is half-written, changed, of another router, or holds an
 * infinite weight.
 */
export async function readRouterArtifact(dir: string): Promise<RouterArtifact> {
  const path = join(dir, MANIFEST);
  const weightsPath = join(dir, WEIGHTS);
  const { weights: hash, ...manifest } = await readManifest(path, routerFileSchema);
  const arrays = readNpz(await readSealed(weightsPath, hash, path), weightsPath);
  // Routers keep NaN for what was not measured; an infinite weight is none.
  for (const [field, { data }] of arrays) assertNumbers(data, { path: weightsPath, field, missing: true });
  const weights: Record<string, NamedArray> = Object.fromEntries(arrays);
  return { manifest, weights };
}
