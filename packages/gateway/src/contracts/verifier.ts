import type { DecisionRecord } from './record.js';

/** An answer that was delivered whole, for whoever checks it. */
export interface AnswerToVerify {
  /** The body of the request, as the client sent it. */
  request: Readonly<Record<string, unknown>>;
  /** What the router read of it: the last user message that holds text, cut. */
  query: string;
  /** What the model wrote for its reader: no reasoning, no calls of tools. */
  text: string;
  /** A limit of tokens ended it. */
  truncated: boolean;
  /** Who was chosen and who answered. */
  record: DecisionRecord;
}

/** What a check found. */
export interface Verdict {
  /** 0 (wrong) to 1 (right). */
  score: number;
  /** Why, in a sentence. It is kept and shown with the decision. */
  comment?: string;
}

/** Checks answers behind requests; what it finds is kept as feedback of the source `verifier`. */
export interface Verifier {
  /** Names the feedback. */
  name: string;
  /** Share of answers that it checks, from 0 to 1, drawn by the requests' ids and the configuration's `seed`. */
  share: number;
  /**
   * The worth of one answer; null where it cannot be told.
   * @param ctx `signal` fires when nobody waits any more; `spent` takes down dollars that checking took, whatever it comes to
   */
  verify(
    answer: AnswerToVerify,
    ctx: { signal: AbortSignal; spent: (dollars: number) => void },
  ): Promise<Verdict | null>;
}
