import { messageOf, nextTurn, type LearnedRouter, type Logger, type OnlineLearner } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import { millisecondsOf } from '../config/duration.js';
import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback, StateStore } from '../contracts/store.js';
import type { ReadQueries } from '../decide/read-queries.js';
import type { FeedbackSettings } from '../feedback/feedback-config.js';
import { judgedDecision, rewardOf, type Unlearned } from './judged-decision.js';
import type { LearnSettings } from './learn-config.js';

/** How learning on a route stands. */
export interface LearningState {
  /** As the configuration names the learner. */
  strategy: string;
  mode: LearnSettings['mode'];
  /** Judged decisions behind what is followed now, or would be. */
  version: number;
  /** Judged decisions that it has learned from, also since. */
  observed: number;
  /** Decisions that were judged and not learned from yet. */
  waiting: number;
  /** Whether it still reads what was judged before the gateway started. */
  catchingUp: boolean;
  /** Judged decisions that nothing was learned from, by why; `again` is those judged anew after they were learned from. */
  skipped: Partial<Record<Unlearned | 'again' | 'refused' | 'too-many', number>>;
}

/** Learns from what is said of a route's answers, behind its requests. */
export interface RouteLearner {
  /** What was learned up to the last swap; it never changes. */
  readonly latest: LearnedRouter;
  /** A decision was judged, of whatever route. */
  hear(decision: string): void;
  /** Reads what was judged before. */
  start(): void;
  look(): LearningState;
  /** Learns no more. Resolves once nothing is under way. */
  stop(): Promise<void>;
}

/** What a learner of a route stands on. */
export interface RouteLearnerParts {
  /** Name of the route. */
  route: string;
  /** Of its router. */
  encoder: string | null;
  settings: LearnSettings;
  learner: OnlineLearner;
  trains: FeedbackSettings['trains'];
  queries: ReadQueries;
  store: Pick<StateStore, 'find' | 'said' | 'read'>;
  clock: Clock;
  logger: Logger | undefined;
}

/** Judged decisions that may wait; of more the later ones are read from the store when the gateway starts again. */
const MOST_WAITING = 10_000;
/** Records after which others get their turn. */
const AT_A_TIME = 64;

export function createRouteLearner(parts: RouteLearnerParts): RouteLearner {
  const { route, encoder, settings, learner, trains, queries, store, clock, logger } = parts;
  const { strategy, mode, every } = settings;
  const withinMs = millisecondsOf(settings.within);
  const waiting = new Set<string>();
  const skipped: LearningState['skipped'] = {};
  let latest = learner.snapshot();
  let working: Promise<void> | undefined;
  /** What was judged before the start has not been read. */
  let behind = false;
  let stopped = false;
  let cancel: (() => void) | undefined;

  const skip = (why: keyof LearningState['skipped']) => {
    if (why === 'no-vector' && skipped[why] === undefined)
      logger?.warn(
        `routes.${route}: judged decisions without their vectors are not learned from; log: { vectors: true } keeps vectors for after a restart`,
      );
    skipped[why] = (skipped[why] ?? 0) + 1;
  };
  const learnFrom = (record: DecisionRecord, feedback: readonly Feedback[]) => {
    if (record.route !== route) return;
    const reward = rewardOf(feedback, trains);
    if (reward === undefined) return;
    try {
      const judged = judgedDecision(record, reward, encoder, queries.get(record.id)?.vector);
      if (typeof judged === 'string') skip(judged);
      else if (learner.observe([judged]) === 0) skip('again');
    } catch (error) {
      if (skipped.refused === undefined)
        logger?.warn(`routes.${route}: nothing is learned from decision ${record.id}: ${messageOf(error)}`);
      skip('refused');
    }
  };
  const swap = () => {
    if (learner.observed !== latest.version) latest = learner.snapshot();
  };

  const catchUp = async () => {
    let read = 0;
    for await (const { record, feedback } of store.read()) {
      if (stopped) return;
      if (feedback.length > 0) learnFrom(record, feedback);
      if (++read % AT_A_TIME === 0) await nextTurn();
    }
    behind = false;
    swap();
  };
  const learnWaiting = async () => {
    let read = 0;
    for (const id of waiting) {
      if (stopped) return;
      // Before anything is read: what is said meanwhile is heard again.
      waiting.delete(id);
      try {
        const record = await store.find(id);
        if (record !== undefined) learnFrom(record, await store.said(id));
      } catch (error) {
        waiting.add(id);
        throw error;
      }
      if (++read % AT_A_TIME === 0) await nextTurn();
    }
    swap();
  };
  const work = () => {
    cancel?.();
    cancel = undefined;
    working = (behind ? catchUp() : learnWaiting())
      .catch((error: unknown) =>
        logger?.warn(`routes.${route}: learning waits, as the store cannot be read: ${messageOf(error)}`),
      )
      .finally(() => {
        working = undefined;
        if (!stopped && (behind || waiting.size > 0)) cancel ??= clock.after(withinMs, work);
      });
  };

  return {
    get latest() {
      return latest;
    },
    hear(decision) {
      if (stopped) return;
      if (waiting.size >= MOST_WAITING && !waiting.has(decision)) return skip('too-many');
      waiting.add(decision);
      if (working !== undefined) return;
      if (waiting.size >= every) work();
      else cancel ??= clock.after(withinMs, work);
    },
    start() {
      behind = true;
      work();
    },
    look: () => ({
      ...{ strategy, mode, version: latest.version, observed: learner.observed },
      ...{ waiting: waiting.size, catchingUp: behind, skipped: { ...skipped } },
    }),
    async stop() {
      stopped = true;
      cancel?.();
      await working;
    },
  };
}
