import { join } from 'node:path';
import { formatQuantization, quantizeProfiles, type Quantization } from '@routeprofile/profiles';
import { fitFrontier, promisesOf } from '@routeprofile/routers';
import {
  formatStrategyReference,
  RouteProfileError,
  type FailedCell,
  type ProfileSet,
  type QueryBatch,
  type Router,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { buildProfileSet, fitRouter, routerArtifact } from './build.js';
import { cellLabel, type Workspace, type BuiltProfiles } from './workspace.js';
import { cellKey, isLookup, profileKey } from './cell-key.js';
import type { CellResult } from './cell-store.js';
import { choicesOf } from './choices.js';
import { nameOf } from '../labels.js';
import { failureOf } from './failure.js';
import { decisionLatency } from './latency.js';
import type { Cell, ChosenProfile, Plan } from './plan.js';
import { robustness } from './rephrase.js';
import { queryBatch } from './router-input.js';
import { outOfFoldOf } from './selection.js';
import { fileStore } from './file-store.js';

async function buildProfiles(
  workspace: Workspace,
  profile: ChosenProfile,
  key: string,
  ctx: RunContext,
): Promise<BuiltProfiles> {
  const { dataset, encoder, graphs, encoded, kept } = workspace;
  const graph = graphs.get(profile.graph)!;
  const features = encoded.features.get(graph);
  const ground = { graph, encoder, train: encoded.train, ...(features && { features }) };
  const whole = await buildProfileSet(dataset, profile, ground, ctx);
  try {
    const set = profile.quantization ? quantizeProfiles(whole, profile.quantization).set : whole;
    const marked = dataset.simulated ? { ...set, provenance: { ...set.provenance, simulated: true } } : set;
    return { set: marked, file: { key, hash: await kept.writeProfiles(key, marked) } };
  } catch (error) {
    throw failureOf('profile', profile, error);
  }
}

/** What compressing a profile set saved and lost, as its provenance says. */
function compression(quantization: Quantization, { provenance }: ProfileSet): NonNullable<CellResult['quantization']> {
  const figure = (name: string): number => provenance.diagnostics?.[name] ?? NaN;
  return {
    spec: formatQuantization(quantization),
    bytesPerModel: figure('bytesPerModel'),
    bytesBefore: figure('bytesPerModelBefore'),
    reconstructionError: figure('reconstructionError'),
  };
}

/** How much worse than the best single model the operating point of a frontier may be. */
const WITHIN = 0.02;

/** Choices for every weight of cost; nothing where the data know no costs or the router gives no scores. */
async function frontierOf(
  { strategy, options, label }: Plan['routers'][number],
  input: RouterInput,
  queries: QueryBatch,
  fitted: Router,
  ctx: RunContext,
): Promise<Pick<CellResult, 'frontier'>> {
  try {
    const frontier = await fitFrontier(strategy, options, input, ctx, {
      within: WITHIN,
      router: fitted,
    });
    const { operatingPoint } = frontier;
    const { lambdas, choices } = await frontier.sweep(queries, ctx);
    const point = operatingPoint && {
      target: `within ${100 * WITHIN} points of the best single model`,
      lambda: operatingPoint.lambda,
      outOfFold: { quality: operatingPoint.quality, costShare: operatingPoint.costShare },
    };
    return { frontier: { lambdas: [...lambdas], choices, operatingPoint: point } };
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || error.code !== 'UNSUPPORTED') throw error;
    ctx.logger?.warn(`${label}: no cost–quality frontier: ${error.message}`);
    return {};
  }
}

/** The profile set of a cell, made once for all cells that share it. */
function profilesOf(workspace: Workspace, cell: Cell, kept: boolean, ctx: RunContext): Promise<BuiltProfiles> {
  const key = profileKey(workspace, cell);
  const known = workspace.profiles.get(key);
  if (known) return known;
  const profile = workspace.plan.profiles[cell.profile]!;
  const made = kept ? workspace.kept.readProfiles(key) : buildProfiles(workspace, profile, key, ctx);
  workspace.profiles.set(key, made);
  return made;
}

/** Fits the cell's router on its profiles and routes the test rows; saves router and result. */
async function computeCell(
  workspace: Workspace,
  cell: Cell,
  key: string,
  profileKept: boolean,
  ctx: RunContext,
): Promise<CellResult> {
  const { plan, dataset, encoder, encoded } = workspace;
  const profile = plan.profiles[cell.profile]!;
  const router = plan.routers[cell.router]!;
  const { set: profiles, file } = await profilesOf(workspace, cell, profileKept, ctx);
  try {
    const trained = { vectors: encoded.train, encoder: encoder.id, work: workspace.work };
    const { router: fitted, input } = await fitRouter(dataset, router, profiles, trained, ctx);
    const { models } = dataset.test;
    const withTasks = router.strategy.needs.includes('tasks');
    const queries = queryBatch(dataset.test.queries, encoded.test, encoder.id, withTasks);
    const chosen = await choicesOf(router.label, fitted, queries, models, dataset.newModels, ctx);
    // A name that does not depend on what else is in the run, as the cell does not.
    const named = formatStrategyReference(profile.reference);
    const { quantization } = profile;
    const from = quantization ? `${named} ${formatQuantization(quantization)}` : named;
    const artifact = await routerArtifact(fitted, dataset, input.training, router.reference, from);
    const hash = await workspace.kept.writeRouter(key, artifact);
    const latency = await decisionLatency(fitted, queries, ctx);
    const result: CellResult = {
      ...chosen,
      files: { router: hash, profiles: file },
      ...(profiles.provenance.diagnostics && { profileDiagnostics: profiles.provenance.diagnostics }),
      ...(profile.quantization && { quantization: compression(profile.quantization, profiles) }),
      ...(latency && { latency }),
    };
    if (isLookup(plan, cell)) return result;
    const { rephrased } = workspace;
    return {
      ...result,
      promises: promisesOf(artifact.manifest),
      ...(await outOfFoldOf(plan, router, input, fitted, ctx)),
      ...(plan.config.frontier && (await frontierOf(router, input, queries, fitted, ctx))),
      ...(rephrased.length > 0 && {
        robustness: await robustness(router.label, fitted, chosen.choices, rephrased, { models, withTasks }, ctx),
      }),
    };
  } catch (error) {
    throw failureOf('router', router, error);
  }
}

/** What the report keeps of a cell that failed. */
export function failedCell(
  workspace: Pick<Workspace, 'plan'>,
  cell: Cell,
  { code, message }: Pick<FailedCell, 'code' | 'message'>,
): FailedCell {
  const { profiles, routers } = workspace.plan;
  return {
    profile: profiles[cell.profile]!.reference.name,
    router: nameOf(routers[cell.router]!.reference),
    label: cellLabel(workspace, cell),
    seed: cell.seed,
    code,
    message,
  };
}

/** After these nothing could be kept, or nothing is wanted any more. */
const ENDS_A_RUN = new Set(['OUTPUT_UNWRITABLE', 'WRITE_FAILED', 'ABORTED']);

/** What a strategy may keep while it works; see `RunContext.store`. */
const within = ({ plan }: Workspace, cell: Cell, ctx: RunContext): RunContext => ({
  ...ctx,
  seed: cell.seed,
  store: fileStore(join(plan.config.out, 'store')),
});

/** An error that costs what it arose in, and nothing else. @throws what ends a run */
function failureOfPart(error: unknown): RouteProfileError {
  if (!RouteProfileError.isInstance(error) || ENDS_A_RUN.has(error.code)) throw error;
  return error;
}

/**
 * Computes a cell and stores its result, or gives what it failed with.
 * @param profileKept its profile set was made elsewhere and is kept: it is read, not built
 */
export async function runCell(
  workspace: Workspace,
  cell: Cell,
  ctx: RunContext,
  { profileKept = false }: { profileKept?: boolean } = {},
): Promise<CellResult | FailedCell> {
  try {
    const key = cellKey(workspace, cell);
    const result = await computeCell(workspace, cell, key, profileKept, within(workspace, cell, ctx));
    await workspace.cells.write(key, workspace.dataset.test.models, result);
    return result;
  } catch (error) {
    return failedCell(workspace, cell, failureOfPart(error));
  }
}

/** A profile set that is kept now, or why there is none. */
export type ProfileOutcome = { hash: string } | Pick<FailedCell, 'code' | 'message'>;

/** Builds the profile set of a cell and keeps it, or gives what it failed with. */
export async function keepProfiles(workspace: Workspace, cell: Cell, ctx: RunContext): Promise<ProfileOutcome> {
  try {
    const profile = workspace.plan.profiles[cell.profile]!;
    const key = profileKey(workspace, cell);
    const { file } = await buildProfiles(workspace, profile, key, within(workspace, cell, ctx));
    return { hash: file.hash };
  } catch (error) {
    const { code, message } = failureOfPart(error);
    return { code, message };
  }
}

export const isFailure = (outcome: CellResult | FailedCell): outcome is FailedCell => 'code' in outcome;
