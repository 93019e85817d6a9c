import { z } from '@routeprofile/schema';
import type { DecisionRecord } from './record.js';

/** How much may be spent in a scope, by calendar windows in UTC. */
export interface Limit {
  /** Dollars. */
  amount: number;
  per: 'hour' | 'day' | 'month';
}

/** Who judges an answer: whoever asked, a check that runs, or a model that reads it. */
export const FEEDBACK_SOURCES = ['user', 'verifier', 'model'] as const;

/** What somebody thinks of an answer. */
export const feedbackSchema = z.object({
  /** Names this feedback among those of its decision: said again it is a duplicate, and with another value it replaces what was said. */
  id: z.string().min(1),
  /** The decision's id. */
  decision: z.string().min(1),
  /** Only the tenant that was answered may judge. */
  tenant: z.string().min(1),
  /** What is judged, such as `quality`, or the name of a check. */
  name: z.string().min(1),
  /** What was said, as it was said. */
  value: z.union([z.number(), z.boolean(), z.string()]),
  /** The same from 0 to 1; absent for a word that stands for no number. */
  score: z.number().min(0).max(1).optional(),
  source: z.enum(FEEDBACK_SOURCES),
  comment: z.string().optional(),
  /** When it came: milliseconds since 1970. */
  at: z.number(),
});
/** What somebody thinks of an answer. */
export type Feedback = z.infer<typeof feedbackSchema>;

/**
 * What became of feedback: `duplicate` where the same was said under its id before, `replaced` where something else was, `full` where it is
 * not kept, as there is as much of its decision as there may be, `unknown` for a decision that is not there or is of another tenant.
 */
export type FeedbackFate = 'stored' | 'replaced' | 'duplicate' | 'full' | 'unknown';

/** A record with all that was said of it. */
export interface Labelled {
  /** Pass it to `read` to go on behind this record. */
  cursor: string;
  record: DecisionRecord;
  /** In the order in which it came; what replaced something else comes when it was said. */
  feedback: readonly Feedback[];
}

/** What gateways that share a store tell each other. */
export type Topic = 'cooldown' | 'learned';

/**
 * What a gateway remembers: money, decisions, and what is said of them. `describeStateStore` of `@routeprofile/gateway/testing` is the
 * suite that every store passes.
 */
export interface StateStore {
  /**
   * Holds money back before it is spent. Atomic: what is spent, held and asked for in a window never exceeds the limit.
   * @param scope whose budget, such as a key's id
   * @param amount dollars, at least 0: the most that it can cost
   * @param ttlMs milliseconds after which it counts in full, settled or not
   * @returns null when it does not fit
   */
  reserve(scope: string, amount: number, limit: Limit, ttlMs: number): Promise<{ id: string } | null>;
  /**
   * Puts what was spent in the place of what was held, in the window in which it was held. Once: a second call changes nothing, nor
   * does one after the reservation has expired.
   * @param actual dollars, at least 0; more than was held is counted too
   */
  settle(reservation: string, actual: number): Promise<void>;
  /** Dollars spent and held in a scope's present window. */
  spent(scope: string, per: Limit['per']): Promise<number>;
  append(records: readonly DecisionRecord[]): Promise<void>;
  /** A record by its id; undefined when there is none, or it was long ago. */
  find(id: string): Promise<DecisionRecord | undefined>;
  /**
   * A tenant's last decisions, the newest first: those that came last, whatever their time says. As with `find`, old ones may be missing.
   * @param count at most as many, at least 1
   */
  latest(tenant: string, count: number): Promise<DecisionRecord[]>;
  /**
   * Two are the same where name, value, score, source and comment are; when they came does not matter.
   * @param most pieces of one decision with which no further one is kept; what replaces one of them is. Processes that share a store may
   *   each keep one more at the same moment. Default: any number is kept
   */
  feedback(said: Feedback, most?: number): Promise<FeedbackFate>;
  /** What was said of a decision that `find` knows, in the order in which it came, as in `Labelled`; empty for any other. */
  said(decision: string): Promise<readonly Feedback[]>;
  /** Records in the order in which they came. @param from a cursor; default: from the first that is kept */
  read(from?: string): AsyncIterable<Labelled>;
  /** Resolves while what it is told can be kept. @throws RouteProfileError that says why not; NETWORK, WRITE_FAILED, OUTPUT_UNWRITABLE */
  check(): Promise<void>;
  /** Tells the others; advisory, may be lost. @param value JSON */
  publish(topic: Topic, value: unknown): void;
  /** @returns ends it */
  subscribe(topic: Topic, on: (value: unknown) => void): () => void;
  close(): Promise<void>;
}
