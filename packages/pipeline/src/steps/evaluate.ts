import { promisesOf } from '@routeprofile/routers';
import { RouteProfileError, type Dataset, type RunContext } from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { givenEncoder, type StepContext } from './inputs.js';
import type { GivenEncoder } from '../plugins/trust.js';
import type { Workspace } from '../cells/workspace.js';
import { choicesOf } from '../cells/choices.js';
import { failureOf } from '../cells/failure.js';
import { cellName, listed } from '../labels.js';
import { openSavedEncoder } from '../encoders/prepare.js';
import type { ReportedCell } from '../run/report.js';
import { queryBatch } from '../cells/router-input.js';
import { run, type RunResult } from '../run/run.js';
import { loadSavedRouter, type SavedRouterParts } from '../router/open-router.js';

/** A saved router, and what a person names for it. */
export interface EvaluatedRouter {
  /** Its folder. */
  router: string;
  /** The plugin that made it, where one did. */
  plugin?: string | undefined;
  /** Its encoder, where it is not built in or asks an endpoint. */
  encoder?: string | GivenEncoder | undefined;
}

/** A router can be measured on rows that know the models it chooses among, and no others. */
function assertSameModels({ test }: Dataset, { router }: SavedRouterParts, folder: string): void {
  const without = router.models.filter((model) => !test.models.includes(model));
  const beside = test.models.filter((model) => !router.models.includes(model));
  if (without.length + beside.length === 0) return;
  const parts = [
    ...(without.length > 0
      ? [`${without.length} of its models are missing from the dataset (${listed(without)})`]
      : []),
    ...(beside.length > 0 ? [`${beside.length} of the candidates are unknown to it (${listed(beside)})`] : []),
  ];
  throw new RouteProfileError(
    'BAD_INPUT',
    `${folder} chooses among ${router.models.length} models, the dataset has ${test.models.length} candidates: ${parts.join('; ')}`,
    { hint: 'Evaluate with the dataset and mode that the router was trained on, and test rows of the same models.' },
  );
}

/** What the router chooses on the workspace's test rows. */
async function savedCell(
  { dataset, encoder, encoded }: Workspace,
  { router, strategy, manifest }: SavedRouterParts,
  plugin: string | undefined,
  ctx: RunContext,
): Promise<ReportedCell> {
  const { queries, models } = dataset.test;
  const { name, needs } = strategy;
  const profile = manifest.profile ?? 'unknown';
  const vectors = manifest.encoder === null ? undefined : encoded.test;
  const batch = queryBatch(queries, vectors, encoder.id, needs.includes('tasks'));
  try {
    return {
      profile,
      router: name,
      label: cellName(profile, name),
      graph: 'none',
      options: { profile: {}, router: manifest.options },
      seed: ctx.seed,
      promises: promisesOf(manifest),
      ...(await choicesOf(name, router, batch, models, dataset.newModels, ctx)),
    };
  } catch (error) {
    throw failureOf('router', { label: name, ...(plugin !== undefined && { plugin }) }, error);
  }
}

/**
 * A saved router's report: the pipeline of a run with nothing to train but the lookups that every report compares with.
 * @throws RouteProfileError as `run`; BAD_INPUT when the router chooses among other models
 */
export async function evaluate(
  partial: PartialConfig,
  { router: folder, plugin, encoder: named }: EvaluatedRouter,
  ctx: StepContext = {},
): Promise<RunResult> {
  const config = completeConfig(partial);
  const context: RunContext = { ...ctx, seed: config.seed[0]! };
  const saved = await loadSavedRouter(folder, plugin, context);
  const { encoder: id, sharedPrefixes = [] } = saved.manifest;
  const options = { cache: config.cache ?? defaultCacheFolder(), silence: config.pluginTimeout };
  const given = givenEncoder(named);
  // The lookups read queries as the router does, so that they differ by the router alone.
  const read = id !== null && { open: () => openSavedEncoder(id, given, folder, options, context), sharedPrefixes };
  return run({ ...config, profile: [{ name: 'flat', options: {} }], router: [], quantize: undefined, jobs: 1 }, ctx, {
    ...(read && { read }),
    check: (dataset) => assertSameModels(dataset, saved, folder),
    more: async (workspace, inRun) => [await savedCell(workspace, saved, plugin, inRun)],
  });
}
