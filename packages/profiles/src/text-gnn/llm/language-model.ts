import type { ChatMessage, RunContext } from '@routeprofile/schema';

/** What a language model wrote, and what it took. */
export interface Answer {
  /** Not empty, trimmed. */
  text: string;
  /** Tokens read, attempts that came to nothing included. */
  promptTokens: number;
  /** Tokens written, attempts that came to nothing included. */
  completionTokens: number;
  /** The numbers are ours, not the server's. */
  estimated: boolean;
  /** Cut back to its last whole sentence, because the token limit ended it. */
  truncated: boolean;
  /** Requests it took, at least 1. */
  attempts: number;
}

/** Whoever writes the summaries. An implementation of one's own can be given to `createTextGnnProfile`. */
export interface LanguageModel {
  /** Names the model, where it runs and every setting that changes an answer: part of the cache key, and saved. Never a secret. */
  id: string;
  /**
   * The answer to a prompt.
   * @param label the node the text is for, for errors
   * @throws RouteProfileError NETWORK, ABORTED …
   */
  generate(messages: readonly ChatMessage[], label: string, ctx: RunContext): Promise<Answer>;
}
