import {
  candidateOf,
  loadDataset,
  readJsonLines,
  readRouterArtifact,
  writeFileAtomic,
  writeRouterArtifact,
} from '@routeprofile/data';
import { chooseProbes, onboardModel, type ProbeChoice, type ProbePool } from '@routeprofile/routers';
import {
  finiteSchema,
  issueText,
  plural,
  RouteProfileError,
  takeRows,
  z,
  type Dataset,
  type QueryRecord,
  type RouterArtifact,
  type RunContext,
} from '@routeprofile/schema';
import {
  completeConfig,
  defaultCacheFolder,
  encodeTraining,
  extendedWiring,
  loadConfigFile,
  loadOptions,
  openSavedEncoder,
  readingEncoder,
  wired,
} from '@routeprofile/pipeline';
import { openConsole, type Io } from '../io.js';
import { askCommand } from './ask.js';
import { configOf, required, type ConfigFlags } from './flags.js';

/** A new model is asked a few queries, chosen to tell most, and joins a fitted `irt` router by what it made of them. */

export interface OnboardFlags extends Omit<ConfigFlags, 'router'> {
  /** Folder of the fitted router. */
  router?: string;
}

/** A line of a file of probes. Whoever asks the model fills in the score. */
const probeSchema = z.object({
  id: z.string(),
  query: z.string(),
  score: finiteSchema.nullable(),
});
type Probe = z.infer<typeof probeSchema>;

interface Opened {
  artifact: RouterArtifact;
  queries: readonly QueryRecord[];
  pool: ProbePool;
}

/** The training queries of a dataset, as the router sees them, with what its own models made of them. */
async function openPool(flags: OnboardFlags, ctx: RunContext): Promise<Opened> {
  const { router: dir, ...rest } = flags;
  const artifact = await readRouterArtifact(required(dir, '--router DIR'));
  const { models, strategy, encoder: encoderId, sharedPrefixes } = artifact.manifest;
  if (strategy !== 'irt')
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${dir} holds a ${strategy} router, but probes can only add a model to an irt router`,
      {
        hint: 'Train one with `npx @routeprofile/cli router train --router irt`, or use `npx @routeprofile/cli router add-model`.',
      },
    );
  if (encoderId === null)
    throw new RouteProfileError('CORRUPT_FILE', `${dir}: router.json names no encoder`, { hint: 'Train it again.' });
  const file = await loadConfigFile(flags.config);
  const config = completeConfig(file, configOf(rest));
  const dataset = await loadDataset(config.data, {
    ...loadOptions(config),
    testRows: false,
    ...(ctx.signal && { signal: ctx.signal }),
    ...(ctx.logger && { logger: ctx.logger }),
  });
  const inner = await openSavedEncoder(
    encoderId,
    { flag: flags.encoder, config: file.encoder },
    required(dir, '--router DIR'),
    { cache: config.cache ?? defaultCacheFolder() },
    ctx,
  );
  try {
    const vectors = await encodeTraining(dataset, readingEncoder(inner, { sharedPrefixes: sharedPrefixes ?? [] }), ctx);
    const outcomes = outcomesOf(dataset, models);
    return { artifact, queries: dataset.train.queries, pool: { vectors, ...(outcomes && { outcomes }) } };
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

/** `router probes`: the queries to ask a new model, as JSON lines whose scores are to be filled in. */
export async function probesCommand(
  flags: OnboardFlags & { budget?: number; method?: ProbeChoice['method'] },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const { budget = 25, method = 'information', out = 'probes.jsonl', ...rest } = flags;
  const ctx: RunContext = { ...console.context, seed: [flags.seed ?? 42].flat()[0]! };
  const { artifact, queries, pool } = await openPool(rest, ctx);
  const chosen = chooseProbes({ method, budget }, pool, artifact, ctx);
  const probes = Array.from(chosen, (q): Probe => ({ id: queries[q]!.id, query: queries[q]!.text, score: null }));
  await writeFileAtomic(out, probes.map((probe) => `${JSON.stringify(probe)}\n`).join(''));
  if (flags.json) console.printJson({ out, method, probes });
  else
    console.print(
      `Wrote ${out}: ${plural(probes.length, 'query', 'queries')}\nAsk the model, put its scores in place of null, then: npx @routeprofile/cli router onboard MODEL --probes ${out} --router DIR --data DIR`,
    );
  return 0;
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

/** `router onboard`: the router with one more model, placed by its scores on probes. */
export async function onboardCommand(
  model: string,
  flags: OnboardFlags & { probes?: string },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const { probes: path, out = 'router-onboarded', ...rest } = flags;
  const ctx: RunContext = { ...console.context, seed: [flags.seed ?? 42].flat()[0]! };
  const probes = await readProbes(required(path, '--probes FILE'));
  const { artifact, queries, pool } = await openPool(rest, ctx);
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
  const router = onboardModel(artifact, model, asked, scores, ctx);
  const wiring = extendedWiring(artifact.manifest, [candidateOf(model, [])]);
  await writeRouterArtifact(out, wired(await router.save(), wiring));
  const answered = scores.filter((score) => !Number.isNaN(score)).length;
  if (flags.json) console.printJson({ out, model, probes: answered, models: router.models });
  else
    console.print(
      `Wrote ${out}: ${model} joined ${plural(width, 'model')}, placed by ${plural(answered, 'probe')}\nAsk it: ${askCommand({ folder: out, encoder: flags.encoder ?? artifact.manifest.encoder })}`,
    );
  return 0;
}
