import { z } from 'zod';
import type { RunContext } from './context.js';
import type { ChatMessage } from './query.js';

/**
 * Tokens that one or more calls took, each counted once. Servers count differently: some count tokens read from a cache inside
 * their input, others beside it. Here the whole input is always `uncachedInput + cacheRead + cacheWrite`.
 */
export interface Usage {
  /** Tokens read that came from no cache and went into none. */
  uncachedInput: number;
  /** Tokens read from the provider's prompt cache. */
  cacheRead: number;
  /** Tokens read and written to that cache. */
  cacheWrite: number;
  /** Tokens written, reasoning included. */
  output: number;
  /** Those of `output` that the model reasoned with, where the server says so. */
  reasoning?: number;
}

const count = z.number().min(0);
/** `Usage` as files hold it. */
export const usageSchema = z.object({
  uncachedInput: count,
  cacheRead: count,
  cacheWrite: count,
  output: count,
  reasoning: count.optional(),
});

/** What a language model is asked. */
export interface ChatRequest {
  messages: readonly ChatMessage[];
  /** What the answer is for, such as a query's id, for errors. Never sent. */
  label?: string;
  /**
   * Names this call, for endpoints that know a repeated request by its `Idempotency-Key` and do not charge for it again. The same for
   * a call that may have been cut off, another one for a call whose answer came. Endpoints that know no such header ignore it.
   */
  idempotencyKey?: string;
}

/** What a language model answered, and what that took. */
export interface Completion {
  /** Not empty, trimmed, and without what the model thought aloud. */
  text: string;
  /** Of all attempts, those that came to nothing included. */
  usage: Usage;
  /** Some of the counts are ours, not the server's. */
  estimated: boolean;
  /** The token limit ended the answer: the text is not whole, or was cut back to what is. */
  truncated: boolean;
  /** Answers it took, at least 1. */
  attempts: number;
}

/** Answers chats. One object is one model with one set of settings: temperature, token limit and so on are decided when it is made. */
export interface ChatModel {
  specVersion: 1;
  /**
   * Names the model, where it runs and every setting that changes an answer: kept answers are found by it, and it is saved.
   * Never a secret.
   */
  id: string;
  /**
   * Calls may run at the same time.
   * @throws RouteProfileError NETWORK when no usable answer comes, ABORTED once the context's signal has fired.
   */
  complete(request: ChatRequest, ctx: RunContext): Promise<Completion>;
}
