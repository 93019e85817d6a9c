import { isAbsolute, relative, resolve } from 'node:path';
import {
  collectOutcomes,
  openCodeSandbox,
  planCollection,
  type CollectParts,
  type CollectPlan,
  type CollectReport,
} from '@routeprofile/collect';
import {
  collectConfigSchema,
  DEFAULT_ENCODER,
  issueText,
  meantNames,
  RouteProfileError,
  type CollectConfig,
  type CollectConfigInput,
} from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { loadCollectSection } from '../config/config-file.js';
import { openEncoder } from '../encoders/prepare.js';
import { resolveGrader } from '../plugins/plugins.js';
import { byPerson } from '../plugins/trust.js';
import { openRemoteCalls } from '../queue/remote-calls.js';
import type { QueueOptions } from '../queue/remote-cells.js';
import type { StepContext } from './inputs.js';

/** What goes over the config file's section, and what it may not say. */
export interface CollectRequest {
  /** Config file; default the one in the working directory. */
  config?: string | undefined;
  /** Settings that go before the file's. Paths are relative to the working directory. */
  settings?: Partial<CollectConfigInput>;
  /** Run programs of answers, in a sandbox. */
  allowCodeExecution?: boolean | undefined;
  /** By which `plan` knows which queries are alike; as `--encoder` takes it. */
  encoder?: string | undefined;
  /** Grade the answers that are there; ask no candidate. */
  gradeOnly?: boolean | undefined;
  /** A Postgres through which workers on any machine make the calls; see `work`. Default: they are made here. */
  queue?: QueueOptions | undefined;
}

const PATHS = ['prompts', 'out', 'gold'] as const;

/** @throws RouteProfileError MISSING_FILE, BAD_INPUT; BAD_OPTION naming every wrong setting */
export async function settingsOf({
  config,
  settings = {},
}: Pick<CollectRequest, 'config' | 'settings'>): Promise<{ config: CollectConfig; folder: string }> {
  const { section, folder } = await loadCollectSection(config);
  const given: Record<string, unknown> = { ...settings };
  const fromFolder = (path: string) => (isAbsolute(path) ? path : relative(folder, resolve(path)));
  for (const key of PATHS) if (typeof settings[key] === 'string') given[key] = fromFolder(settings[key]);
  if (settings.reuse) given['reuse'] = settings.reuse.map(fromFolder);
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const parsed = collectConfigSchema.safeParse({ ...section, ...known });
  if (parsed.success) return { config: parsed.data, folder };
  const details = parsed.error.issues.map((issue) => issueText({ ...issue, path: ['collect', ...issue.path] }));
  throw new RouteProfileError('BAD_OPTION', details.join('; '), {
    hint: [
      ...meantNames(collectConfigSchema, parsed.error.issues),
      'Prompts and models are named in the section `collect` of routeprofile.config.*.',
    ].join(' '),
    details,
  });
}

/** Runs a step with what collecting uses of this package, and tidies up. */
async function withParts<T>(
  request: CollectRequest,
  ctx: StepContext,
  step: (config: CollectConfig, parts: CollectParts, ctx: StepContext & { seed: number }) => Promise<T>,
): Promise<T> {
  const { config, folder } = await settingsOf(request);
  const { queue } = request;
  const seeded = { ...ctx, seed: config.seed };
  const encoder = config.plan
    ? await openEncoder(
        byPerson(request.encoder ?? DEFAULT_ENCODER),
        { cache: defaultCacheFolder(), from: folder },
        seeded,
      )
    : undefined;
  try {
    return await step(
      config,
      {
        folder,
        graders: (name) => resolveGrader(byPerson(name), folder),
        ...(request.allowCodeExecution && { openSandbox: () => openCodeSandbox() }),
        ...(queue && {
          openSender: (models, context) => openRemoteCalls(queue, models, resolve(folder, config.out), context),
        }),
        ...(encoder && { encode: (texts, context) => encoder.encode(texts, context) }),
      },
      seeded,
    );
  } finally {
    await encoder?.dispose?.();
  }
}

/**
 * Asks the models of a config file its prompts, grades the answers and writes a dataset of outcomes; goes on where it was interrupted.
 * @throws RouteProfileError for whatever is wrong, before anything is asked; ABORTED
 */
export const collect = (request: CollectRequest, ctx: StepContext = {}): Promise<CollectReport> =>
  withParts(request, ctx, (config, parts, seeded) =>
    collectOutcomes(config, parts, seeded, { gradeOnly: request.gradeOnly ?? false }),
  );

/** What `collect` would ask, and what that would cost. Asks nothing. */
export const planCollect = (request: CollectRequest, ctx: StepContext = {}): Promise<CollectPlan> =>
  withParts(request, ctx, planCollection);
