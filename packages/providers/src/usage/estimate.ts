import type { ChatMessage, Usage } from '@routeprofile/schema';
import { NO_USAGE } from './usage.js';

/** What the frame of a message costs in the chat templates of common models, rounded up. */
const FRAME = 8;

/**
 * Tokens of a text, estimated as a quarter of its UTF-8 bytes: close for English with common tokenizers, somewhat high for
 * Latin scripts with accents, about right for Chinese and Japanese. No tokenizer is loaded, as each model has its own.
 */
export const estimateTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 4);

/** Tokens of a prompt: its texts as `estimateTokens` counts them, and 8 for each message. */
export const estimateMessages = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + FRAME + estimateTokens(content), 0);

/** What a call took whose server does not say. */
export const estimateUsage = (messages: readonly ChatMessage[], answer: string): Usage => ({
  ...NO_USAGE,
  uncachedInput: estimateMessages(messages),
  output: estimateTokens(answer),
});
