import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { hashJson } from '@routeprofile/data';
import { z, RouteProfileError } from '@routeprofile/schema';
import { packageVersions } from '../versions.js';
import { storedFileSchema } from './files.js';

/** Counted up when messages or files change, so that workers of another kind are refused rather than confused. */
const PROTOCOL = 1;

/** What has to be the same at a worker for its results to be the same. */
const sameSchema = z.object({
  protocol: z.number().int(),
  /** The major version of Node.js, whose mathematics may change. */
  node: z.number().int(),
  packages: z.record(z.string(), z.string()),
});
type Same = z.infer<typeof sameSchema>;

const shared = { same: sameSchema, lease: z.number().positive() };

const manifestSchema = z.discriminatedUnion('kind', [
  z.object({
    ...shared,
    kind: z.literal('cells'),
    /** The tensor backend. */
    backend: z.string(),
    /** As the run's config names it. */
    encoder: z.string(),
    /** Plugins by name, with the hash of their code. */
    plugins: z.record(z.string(), z.string()),
    /** `CellsInputs`. */
    inputs: storedFileSchema,
  }),
  z.object({
    ...shared,
    kind: z.literal('calls'),
    /** Models by id, each with a hash of where it runs and of every setting that changes an answer. */
    models: z.record(z.string(), z.string()),
  }),
]);
/** What a worker has to know of a run to join it. */
export type Manifest = z.infer<typeof manifestSchema>;
export type CellsManifest = Extract<Manifest, { kind: 'cells' }>;
/** A manifest, with the hash of a file in its place. */
type Settings = (Omit<CellsManifest, 'inputs'> & { inputs: string }) | Exclude<Manifest, CellsManifest>;

export const sameHere = (): Same => ({
  protocol: PROTOCOL,
  node: Number(process.versions.node.split('.')[0]),
  packages: packageVersions(),
});

/**
 * What two processes have in common if one may go on with the run that the other began: the machine, the output folder, and all that
 * results depend on.
 * @param out the output folder
 */
export const identityOf = (settings: Settings, out: string): string =>
  hashJson({ host: hostname(), out: resolve(out), ...settings });

/** A chat model's id may name an address that is nobody's business. */
export const fingerprintOfChat = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 32);

/** @throws RouteProfileError UNSUPPORTED where versions differ, naming them */
export function readManifest(written: unknown): Manifest {
  // What another version wrote may have another form; its versions can mostly be read all the same.
  const versions = z.looseObject({ same: sameSchema }).safeParse(written);
  if (versions.success) assertSameVersions(versions.data.same);
  const manifest = manifestSchema.safeParse(written);
  if (manifest.success) return manifest.data;
  throw new RouteProfileError('UNSUPPORTED', 'the run is of another version of RouteProfile', {
    hint: 'Install the same version on both machines.',
  });
}

/** @throws RouteProfileError UNSUPPORTED naming what differs */
function assertSameVersions(run: Same): void {
  const here = sameHere();
  const names = [...new Set([...Object.keys(run.packages), ...Object.keys(here.packages)])];
  const other = names.filter((name) => run.packages[name] !== here.packages[name]);
  const differences = [
    ...other.map(
      (name) => `${name} ${run.packages[name] ?? 'missing'} there, ${here.packages[name] ?? 'missing'} here`,
    ),
    ...(run.node === here.node ? [] : [`Node.js ${run.node} there, ${here.node} here`]),
    ...(run.protocol === here.protocol || other.length > 0 ? [] : ['the messages of the queue']),
  ];
  if (differences.length === 0) return;
  throw new RouteProfileError('UNSUPPORTED', `the run is of other versions: ${differences.join('; ')}`, {
    hint: 'Install the same versions on both machines.',
  });
}
