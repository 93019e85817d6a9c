import {
  candidateOf,
  readJsonLines,
  readRouterArtifact,
  writeFileAtomic,
  writeRouterArtifact,
} from '@routeprofile/data';
import { builtInRouters } from '@routeprofile/routers';
import {
  finiteSchema,
  issueText,
  parseStrategyReference,
  plural,
  RouteProfileError,
  takeRows,
  z,
  type Dataset,
  type ProbeOnboarding,
  type ProbePool,
  type QueryRecord,
  type RouterArtifact,
  type RunContext,
} from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { encodeTraining } from '../cells/router-input.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { openSavedEncoder, readingEncoder } from '../encoders/prepare.js';
import { isBuiltInRouter, savedRouter } from '../plugins/plugins.js';
import type { GivenEncoder } from '../plugins/trust.js';
import { extendedWiring, wired } from '../router/wiring.js';
import { givenEncoder, trainingData, type StepContext } from './inputs.js';

/** A new model is asked a few queries, chosen to tell most, and joins a fitted router by what it made of them. */

/** A line of a file of probes. Whoever asks the model fills in the score. */
const probeSchema = z.object({
  id: z.string(),
  query: z.string(),
  score: finiteSchema.nullable(),
});
/** A query to ask a new model; `score` is null until the model was asked. */
export type Probe = z.infer<typeof probeSchema>;

/** The router that a model is to join. */
export interface OnboardedRouter {
  /** Its folder. */
  router: string;
  /** Its encoder, where it is not built in or asks an endpoint. */
  encoder?: string | GivenEncoder | undefined;
  /** The plugin that made it, where one did. */
  plugin?: string | undefined;
}

interface Opened {
  artifact: RouterArtifact;
  probes: ProbeOnboarding;
  queries: readonly QueryRecord[];
  pool: ProbePool;
}

/** @throws RouteProfileError UNSUPPORTED for a router that takes in no model by probes */
async function onboardingOf(
  { manifest }: RouterArtifact,
  plugin: string | undefined,
  dir: string,
): Promise<ProbeOnboarding> {
  const { strategy, reference = strategy } = manifest;
  const known = plugin !== undefined || isBuiltInRouter(parseStrategyReference(reference).name);
  const probes = known ? (await savedRouter(manifest, plugin, dir)).probes : undefined;
  if (probes) return probes;
  const able = builtInRouters.filter((router) => router.probes).map(({ name }) => name);
  throw new RouteProfileError(
    'UNSUPPORTED',
    `${dir} holds a ${strategy} router, but probes can only add a model to an ${able.join(' or ')} router`,
    {
      hint: `Train one with \`npx @routeprofile/cli router train --router ${able[0]}\`, or use \`npx @routeprofile/cli router add-model\`.`,
    },
  );
}

/** The training queries of a dataset, as the router sees them, with what its own models made of them. */
async function openPool(
  given: PartialConfig,
  { router: dir, encoder: named, plugin }: OnboardedRouter,
  ctx: RunContext,
): Promise<Opened> {
  const artifact = await readRouterArtifact(dir);
  const { models, encoder: encoderId, sharedPrefixes } = artifact.manifest;
  const probes = await onboardingOf(artifact, plugin, dir);
  if (encoderId === null)
    throw new RouteProfileError('CORRUPT_FILE', `${dir}: router.json names no encoder`, { hint: 'Train it again.' });
  const config = completeConfig(given);
  const dataset = await trainingData(config, ctx);
  const cache = config.cache ?? defaultCacheFolder();
  const inner = await openSavedEncoder(encoderId, givenEncoder(named), dir, { cache }, ctx);
  try {
    const vectors = await encodeTraining(dataset, readingEncoder(inner, { sharedPrefixes: sharedPrefixes ?? [] }), ctx);
    const outcomes = outcomesOf(dataset, models);
    return { artifact, probes, queries: dataset.train.queries, pool: { vectors, ...(outcomes && { outcomes }) } };
  } finally {
    await inner.dispose?.();
  }
}

/** [queries × models of the router]; NaN for a model that the dataset does not know. */
function outcomesOf({ candidates, train }: Dataset, models: readonly string[]): Float64Array | undefined {
  if (!train.outcomes) return undefined;
  const { score } = train.outcomes;
  const column = new Map(candidates.map(({ id }, m) => [id, m]));
  return Float64Array.from({ length: train.queries.length * models.length }, (_, k) => {
    const m = column.get(models[k % models.length]!);
    return m === undefined ? NaN : score[Math.floor(k / models.length) * candidates.length + m]!;
  });
}

/** The seed of onboarding: the config's first, without completing the rest of it. */
const seedOf = ({ seed }: PartialConfig): number => [seed ?? 42].flat()[0]!;

/** How probes are chosen; see `ProbeOnboarding`. */
export interface ProbeRequest extends OnboardedRouter {
  /** How many (default: 25). */
  budget?: number | undefined;
  /** How they are chosen; default the router's own way. */
  method?: string | undefined;
  /** JSON lines to write (default: `probes.jsonl`). */
  out?: string | undefined;
}

/**
 * Writes the queries to ask a new model, as JSON lines whose scores are to be filled in.
 * @throws RouteProfileError UNSUPPORTED for a router that takes in no model by probes
 */
export async function chooseProbes(
  given: PartialConfig,
  { budget = 25, method, out = 'probes.jsonl', ...router }: ProbeRequest,
  context: StepContext = {},
): Promise<{ out: string; method: string; probes: Probe[] }> {
  const ctx: RunContext = { ...context, seed: seedOf(given) };
  const { artifact, probes: onboarding, queries, pool } = await openPool(given, router, ctx);
  const way = method ?? onboarding.methods[0]!;
  const chosen = onboarding.choose(artifact, pool, { method: way, budget }, ctx);
  const probes = Array.from(chosen, (q): Probe => ({ id: queries[q]!.id, query: queries[q]!.text, score: null }));
  await writeFileAtomic(out, probes.map((probe) => `${JSON.stringify(probe)}\n`).join(''));
  return { out, method: way, probes };
}

async function readProbes(path: string): Promise<Probe[]> {
  const probes: Probe[] = [];
  const firstLine = new Map<string, number>();
  for await (const { line, value } of readJsonLines(path)) {
    const parsed = probeSchema.safeParse(value);
    if (!parsed.success)
      throw new RouteProfileError(
        'BAD_INPUT',
        `${path}: line ${line}: ${parsed.error.issues.map(issueText).join('; ')}`,
        {
          hint: 'Each line must be as `npx @routeprofile/cli router probes` wrote it, with the score filled in.',
        },
      );
    const key = JSON.stringify([parsed.data.id, parsed.data.query]);
    const earlier = firstLine.get(key);
    if (earlier !== undefined)
      throw new RouteProfileError(
        'BAD_INPUT',
        `${path}: line ${line}: probe ${parsed.data.id} is on line ${earlier} already, and would count twice`,
        { hint: 'Keep one line per probe; if the model was asked several times, give the mean score.' },
      );
    firstLine.set(key, line);
    probes.push(parsed.data);
  }
  return probes;
}

/** Which model joins by which answers. */
export interface OnboardRequest extends OnboardedRouter {
  /** Its name. */
  model: string;
  /** The file of `chooseProbes`, filled in. */
  probes: string;
  /** Folder to write (default: `router-onboarded`). */
  out?: string | undefined;
}

/** A router with one more model. */
export interface Onboarded {
  out: string;
  models: readonly string[];
  /** Models before it. */
  before: number;
  /** Probes that it answered. */
  probes: number;
  /** Id of the router's encoder. */
  encoder: string | null;
}

/**
 * A fitted router with one more model, placed by its scores on probes, written into `out`.
 * @throws RouteProfileError UNSUPPORTED for a router that takes in no model by probes, BAD_INPUT for other probes than the dataset's
 */
export async function onboardModel(
  given: PartialConfig,
  { model, probes: path, out = 'router-onboarded', ...router }: OnboardRequest,
  context: StepContext = {},
): Promise<Onboarded> {
  const ctx: RunContext = { ...context, seed: seedOf(given) };
  const probes = await readProbes(path);
  const { artifact, probes: onboarding, queries, pool } = await openPool(given, router, ctx);
  const place = new Map(queries.map(({ id, text }, q) => [JSON.stringify([id, text]), q]));
  const rows = probes.map(({ id, query }) => place.get(JSON.stringify([id, query])) ?? -1);
  const foreign = probes.filter((_, i) => rows[i] === -1);
  if (foreign.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${path}: ${foreign.length} of ${plural(probes.length, 'probe is', 'probes are')} not among the training queries of the dataset: ${foreign[0]!.id}`,
      { hint: 'Use the same dataset and flags as when the probes were chosen.' },
    );
  const width = artifact.manifest.models.length;
  const asked: ProbePool = {
    vectors: takeRows(pool.vectors, rows),
    ...(pool.outcomes && {
      outcomes: rows.flatMap((q) => Array.from({ length: width }, (_, m) => pool.outcomes![q * width + m]!)),
    }),
  };
  const scores = probes.map(({ score }) => score ?? NaN);
  const joined = await onboarding.join(artifact, model, asked, scores, ctx);
  const wiring = extendedWiring(artifact.manifest, [candidateOf(model, [])]);
  await writeRouterArtifact(out, wired(await joined.save(), wiring));
  return {
    out,
    models: joined.models,
    before: width,
    probes: scores.filter((score) => !Number.isNaN(score)).length,
    encoder: artifact.manifest.encoder,
  };
}
