import { hashJson, readRouterArtifact } from '@routeprofile/data';
import { LEAST_EFFECTIVE_ROWS } from '@routeprofile/eval';
import { RouteProfileError, type RunContext } from '@routeprofile/schema';
import { mkdir } from 'node:fs/promises';
import { defaultCacheFolder } from '../cache-folder.js';
import type { StepContext } from '../steps/inputs.js';
import { LeftOutCounter, type LeftOut, type LoggedDecision, type LogOptions } from '../traffic/decision.js';
import { summaryOf, trafficEvidence, type TrafficSummary } from '../traffic/evidence.js';
import { choicesOn, openPolicy, vectorsOf, type GivenRouter, type Policy } from '../traffic/policy.js';
import { readDecisionLog } from '../traffic/read-log.js';
import { counterOf, rankedIn, usableDecisions } from '../traffic/replay.js';
import { loadSavedRouter } from '../router/open-router.js';
import { savedRouter } from '../plugins/plugins.js';
import { trainCandidate, type CandidateRequest } from './candidate.js';
import { rewardChanges, type RewardChange } from './changes.js';
import { hopeless, isPromoted, judgeCandidate, whyNot, type Judged } from './judge.js';
import { nextAlpha } from './spending.js';
import { splitByTime } from './split.js';
import {
  alone,
  currentFolder,
  readVersions,
  recordLook,
  recordVersions,
  routerHash,
  startVersions,
  versionFolder,
  writeCandidate,
  type VersionState,
} from './versions.js';

/** What is learned from, and where to. */
export interface LearnRequest
  extends LogOptions, Partial<Omit<GivenRouter, 'plugin'>>, Omit<CandidateRequest, 'cache'> {
  /** A gateway's state folder or journal, a file of its decisions, or a dataset of logged decisions. */
  log: string;
  /** Folder of the versions; what is served is its `current`. The router given is needed the first time only. */
  out: string;
  /** One minus the chance that a candidate which is not better ever takes an incumbent's place. Default 0.95. */
  confidence?: number | undefined;
  /** Tests at most against one incumbent, each with the same part of that chance. Default: any number, each with a smaller part. */
  looks?: number | undefined;
  /** Share of the judged decisions, the newest, that judge and do not train. Default 0.5. */
  judge?: number | undefined;
  /** No verdict on fewer effective rows. Default 100. */
  minEss?: number | undefined;
  /** Writes the candidate, and leaves what is served as it is. */
  shadow?: boolean | undefined;
  cache?: string | undefined;
}

/** What came of it. */
export interface Learned {
  version: 1;
  promoted: boolean;
  /** Where the served router lies, promoted or not. */
  serves: string;
  /** Version that is served now, and that of the candidate; null where it was not written. */
  serving: number;
  candidate: number | null;
  /** Why it was not promoted; null where it was. */
  why: string | null;
  /** About how many more judged decisions it would take, if estimates stay; null where nobody can say. */
  moreJudged: number | null;
  log: { path: string } & Pick<TrafficSummary, 'decisions' | 'judged' | 'explored'>;
  leftOut: LeftOut[];
  /** Models whose answers became better or worse within the log. */
  changes: RewardChange[];
  /** Judged decisions that trained: the oldest. */
  trainedOn: number;
  /** Decisions that judged, the newest, of which some were judged themselves. */
  judgedOn: Pick<TrafficSummary, 'decisions' | 'judged' | 'explored' | 'from' | 'to'>;
  /** null where there was no candidate to judge. */
  result: (Judged & { alpha: number; look: number }) | null;
}

const DEFAULTS = { confidence: 0.95, judge: 0.5, minEss: LEAST_EFFECTIVE_ROWS };

/** The incumbent, and what is known of its folder. @throws RouteProfileError BAD_OPTION */
async function incumbentOf({ out, router, plugin }: LearnRequest, ctx: RunContext): Promise<VersionState> {
  const state = await readVersions(out);
  if (state === null) {
    if (router === undefined)
      throw new RouteProfileError('BAD_OPTION', `${out} holds no router yet`, {
        hint: 'Name the router that is served so far: --router DIR.',
      });
    return startVersions(out, (await loadSavedRouter(router, plugin, ctx)).artifact);
  }
  if (router !== undefined && !state.hashes.includes(await routerHash(router)))
    throw new RouteProfileError('BAD_OPTION', `${router} is not one of the routers in ${out}`, {
      hint: `Omit --router, to go on from ${currentFolder(out)}; or name another --out.`,
    });
  return state;
}

/**
 * Trains a candidate on a router's own data and on judged decisions, and promotes it only where newer decisions show that it is better: the
 * lower bound of the doubly robust difference is above 0. Each test spends a part of the chance of error, so that the incumbent is replaced
 * by a router that is not better with a chance of at most 1 − confidence, however often this is called.
 * @throws RouteProfileError as `replay`; BAD_OPTION without a router to begin with, or with another than those in `out`;
 *   OUTPUT_UNWRITABLE also while another process learns into `out`; NO_TRAINING_DATA; whatever training throws
 */
export async function learn(request: LearnRequest, context: StepContext = {}): Promise<Learned> {
  const { out } = request;
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `cannot make the folder ${out}`, { cause });
  });
  return alone(out, async () => {
    const first: RunContext = { ...context, seed: 42 };
    const state = await incumbentOf(request, first);
    const serving = versionFolder(out, state.served.at(-1)!);
    const { seed } = (await readRouterArtifact(serving)).manifest;
    return learnFrom(request, state, serving, { ...context, seed });
  });
}

async function learnFrom(
  request: LearnRequest,
  state: VersionState,
  serving: string,
  ctx: RunContext,
): Promise<Learned> {
  const { plugin, encoder, cache = defaultCacheFolder() } = request;
  const log = await readDecisionLog(request.log, request, ctx);
  const policy = await openPolicy({ router: serving, plugin, encoder }, cache, ctx);
  try {
    const leftOut = counterOf(log.leftOut);
    const decisions = usableDecisions(log.decisions, [policy], leftOut);
    return await judgedBy({ ...log, decisions }, policy, leftOut, { ...request, cache }, state, ctx);
  } finally {
    await policy.dispose();
  }
}

async function judgedBy(
  log: { path: string; decisions: readonly LoggedDecision[] },
  policy: Policy,
  leftOut: LeftOutCounter,
  request: LearnRequest & { cache: string },
  state: VersionState,
  ctx: RunContext,
): Promise<Learned> {
  const { out, looks, shadow = false } = request;
  const confidence = request.confidence ?? DEFAULTS.confidence;
  const [share, minEss] = [request.judge ?? DEFAULTS.judge, request.minEss ?? DEFAULTS.minEss];
  const incumbent = state.served.at(-1)!;
  const { training, judging } = splitByTime(log.decisions, share);
  const summary = summaryOf(judging);
  const { decisions, judged, explored, from, to } = summary;
  const changes = rewardChanges(log.decisions);
  const ended = (found: Pick<Learned, 'promoted' | 'why' | 'moreJudged' | 'candidate' | 'result'>): Learned => ({
    version: 1,
    serves: currentFolder(out),
    serving: found.promoted ? found.candidate! : incumbent,
    ...found,
    log: { path: log.path, ...pick(summaryOf(log.decisions)) },
    leftOut: leftOut.list(),
    changes,
    trainedOn: training.length,
    judgedOn: { decisions, judged, explored, from, to },
  });
  const none = hopeless(summary, minEss, share);
  const alpha = nextAlpha(state.looks, incumbent, 1 - confidence, looks);
  const spent = {
    why: `All ${looks ?? state.looks.length} tests against this incumbent are spent: another would make errors likelier than ${percent(1 - confidence)}.`,
    moreJudged: null,
  };
  const { strategy = null, profiles = null, data = null } = request;
  const outcomes = log.decisions.map(({ id, reward }) => [id, reward]);
  const tested = hashJson({ strategy, profiles, data, share, minEss, outcomes });
  const before = {
    why: 'This candidate was tested on these decisions before, and nothing has been judged since.',
    moreJudged: null,
  };
  const isKnown = state.looks.some((one) => one.incumbent === incumbent && one.tested === tested);
  const early = none ?? (isKnown ? before : alpha === 0 ? spent : undefined);
  if (early && !shadow) return ended({ promoted: false, candidate: null, result: null, ...early });

  const artifact = await trainCandidate(policy, training, request, ctx);
  const candidate = {
    ...policy,
    saved: { ...policy.saved, artifact, ...(await reloaded(policy, request, artifact, ctx)) },
  };
  const ranked = rankedIn(log.decisions);
  const vectors = await vectorsOf(policy, judging, ctx);
  const choices = {
    incumbent: (await choicesOn(policy, judging, vectors, ranked, ctx)).models,
    candidate: (await choicesOn({ ...candidate, name: 'the candidate' }, judging, vectors, ranked, ctx)).models,
  };
  const traffic = trafficEvidence(judging, [...policy.saved.router.models, ...choices.candidate], vectors, ctx);
  const result = judgeCandidate(traffic, choices.candidate, choices.incumbent, {
    alpha: alpha || 1 - confidence,
    minEss,
  });
  const promoted = !shadow && early === undefined && isPromoted(result);
  const told = early ?? (promoted ? { why: null, moreJudged: null } : notPromoted(result, summary, share, shadow));
  const look = state.looks.filter((one) => one.incumbent === incumbent).length + 1;
  let written: { state: VersionState; version: number } | undefined;
  if (promoted || shadow)
    written = await writeCandidate(out, state, artifact, {
      version: 1,
      incumbent,
      log: { path: log.path, ...pick(summaryOf(log.decisions)) },
      leftOut: leftOut.list(),
      changes,
      trainedOn: { judged: training.length, from: training[0]?.at ?? null, to: training.at(-1)?.at ?? null },
      judgedOn: { decisions, judged, explored, from, to },
      ...{ data: request.data?.data ?? null, confidence, alpha, look, minEss, promoted, result },
    });
  const after = written?.state ?? state;
  // A test without a verdict errs in nothing, nor does one that promotes nobody whatever it says.
  if (result.difference.known && result.differing > 0 && early === undefined && !shadow)
    await recordLook(out, after, {
      ...{ incumbent, tested, alpha, candidate: written?.version ?? null, at: to, judged, promoted },
      difference: { value: result.difference.value, low: result.difference.low },
    });
  else if (written) await recordVersions(out, after);
  return ended({ promoted, candidate: written?.version ?? null, result: { ...result, alpha, look }, ...told });
}

/** The candidate as whoever serves it will load it. */
async function reloaded(
  { folder }: Policy,
  { plugin, strategy }: LearnRequest,
  artifact: Policy['saved']['artifact'],
  ctx: RunContext,
): Promise<Pick<Policy['saved'], 'router' | 'strategy' | 'manifest'>> {
  const { manifest } = artifact;
  const by = strategy?.name ?? plugin;
  const found = await savedRouter(manifest, by, folder);
  return { strategy: found, manifest, router: await found.load(artifact, ctx) };
}

function notPromoted(result: Judged, summary: TrafficSummary, share: number, shadow: boolean) {
  if (shadow && isPromoted(result))
    return { why: 'The candidate is better, and --shadow leaves what is served as it is.', moreJudged: null };
  return whyNot(result, summary, share);
}

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
const pick = ({ decisions, judged, explored }: TrafficSummary) => ({ decisions, judged, explored });
