import type { Requirements } from '@routeprofile/schema';
import { chatWire } from '../wire/chat.js';
import { readRequest, routingText } from '../wire/read-request.js';

/** What a conversation means for routing. */
export interface ReadChat {
  /** What the router reads: the last user message that holds text, cut. */
  text: string;
  requirements: Requirements;
  /** Tokens of all that the model reads, estimated. */
  promptTokens: number;
}

/**
 * Reads a conversation as the gateway reads it, for programs that decide without a server.
 * @param body of a request of chat completions; pictures need not be in it, only the parts that say where they stand
 * @param maxChars characters that the router reads
 */
export function readChat(body: Readonly<Record<string, unknown>>, maxChars: number): ReadChat {
  const read = readRequest(chatWire, JSON.stringify(body), body);
  const { requirements, promptTokens } = read;
  return { text: routingText(read, maxChars), requirements, promptTokens };
}
