import { quantizeProfiles, parseQuantization } from '@routeprofile/profiles';
import {
  createMatrix,
  parseOptions,
  parseStrategyReference,
  RouteProfileError,
  type Encoder,
  type ProfileSet,
  type RouterArtifact,
  type RunContext,
  type StrategyReference,
} from '@routeprofile/schema';
import { runDefaults } from '../built-ins.js';
import { buildProfileSet, fitRouter, routerArtifact } from '../cells/build.js';
import { encodeTraining } from '../cells/router-input.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { heteroGraph, openEncoder } from '../encoders/prepare.js';
import { routerOf, savedProfile } from '../plugins/plugins.js';
import { byPerson, referenceByPerson } from '../plugins/trust.js';
import { savedProfilesOf } from '../steps/saved-profiles.js';
import { trainingData } from '../steps/inputs.js';
import type { LoggedDecision } from '../traffic/decision.js';
import { vectorsOf, type Policy } from '../traffic/policy.js';
import { assertFits, bareDataset, withDecisions, type TrainingRows } from './training.js';

/** What a candidate is made of, beside judged decisions. */
export interface CandidateRequest {
  /** What the incumbent was trained on, as a config says it (`data` and what goes with it). Default: judged decisions alone. */
  data?: PartialConfig | undefined;
  /** Another router than the incumbent's, with its wrappers; default the same with the same options. */
  strategy?: StrategyReference | undefined;
  /** `.npz` file of profiles; default: built anew as the incumbent's were. */
  profiles?: string | undefined;
  /** The incumbent's plugin, where one made it. */
  plugin?: string | undefined;
  /** Folder of the embedding cache. */
  cache: string;
}

/** How the router's profiles are built anew. @throws RouteProfileError BAD_OPTION where its file does not say */
async function profilesOf(
  { saved: { manifest }, folder }: Policy,
  { dataset, vectors }: TrainingRows,
  { profiles, plugin }: CandidateRequest,
  encoder: Encoder,
  ctx: RunContext,
): Promise<ProfileSet> {
  const models = dataset.candidates.map(({ id }) => id);
  if (profiles !== undefined) return savedProfilesOf(profiles, models);
  const [named, compressed] = (manifest.profile ?? 'unknown').split(' ');
  if (named === undefined || named === 'unknown' || named === 'imported')
    throw new RouteProfileError('BAD_OPTION', `${folder} does not say which profiles it was fitted with`, {
      hint: 'Give them: --profiles FILE.npz, made by `npx @routeprofile/cli profile build`.',
    });
  const { name, options, graph: on = runDefaults().graph } = parseStrategyReference(named);
  const strategy = await savedProfile(name, plugin, folder);
  const chosen = { strategy, options: parseOptions(strategy, options), label: named };
  const set = await buildProfileSet(dataset, chosen, { graph: heteroGraph(dataset, on), encoder, train: vectors }, ctx);
  return compressed === undefined ? set : quantizeProfiles(set, parseQuantization(compressed)).set;
}

/**
 * The incumbent's router, trained anew on its own data and on judged decisions.
 * @throws RouteProfileError BAD_INPUT for data of other models, NO_TRAINING_DATA, and whatever training throws
 */
export async function trainCandidate(
  policy: Policy,
  decisions: readonly LoggedDecision[],
  request: CandidateRequest,
  ctx: RunContext,
): Promise<RouterArtifact> {
  const { manifest, strategy: own } = policy.saved;
  const { strategy, options } = request.strategy
    ? await routerOf(referenceByPerson(request.strategy))
    : { strategy: own, options: manifest.options };
  const reference = request.strategy ?? parseStrategyReference(manifest.reference ?? manifest.strategy);
  // A router that reads no vectors needs none; the cheapest stands in.
  const stand = policy.encoder ? undefined : await openEncoder(byPerson('hash'), { cache: request.cache }, ctx);
  const encoder = policy.encoder ?? stand!;
  try {
    const seeded: RunContext = { ...ctx, seed: manifest.seed };
    const given = request.data && (await trainingData(completeConfig(request.data), seeded));
    if (given) assertFits(given, manifest, policy.folder);
    const { sharedPrefixes = [] } = manifest;
    const dataset = given ? { ...given, sharedPrefixes } : bareDataset(manifest);
    const ownVectors = await vectorsOf({ ...policy, encoder }, decisions, ctx);
    const base = {
      dataset,
      vectors: given ? await encodeTraining(dataset, encoder, ctx) : createMatrix(0, ownVectors!.cols),
    };
    const rows = withDecisions(base, decisions, ownVectors!);
    const profiles = await profilesOf(policy, rows, request, encoder, seeded);
    const parsed = parseOptions(strategy, options);
    const queries = { vectors: rows.vectors, encoder: encoder.id };
    const { router, input } = await fitRouter(rows.dataset, { strategy, options: parsed }, profiles, queries, seeded);
    return await routerArtifact(
      router,
      rows.dataset,
      input.training,
      reference,
      manifest.profile ?? profiles.provenance.strategy,
    );
  } finally {
    await stand?.dispose?.();
  }
}
