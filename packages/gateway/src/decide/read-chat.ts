import type { Requirements } from '@routeprofile/schema';
import { chatWire } from '../wire/chat.js';
import { personalDataIn } from '../wire/personal-data.js';
import { readRequest, routingText } from '../wire/read-request.js';
import type { RequestRouter } from './request-router.js';
import { keepsPersonalData } from './wrappers.js';

/** What a conversation means for routing. */
export interface ReadChat {
  /** What the router reads: the last user message that holds text, cut. */
  text: string;
  requirements: Requirements;
  /** Tokens of all that the model reads, estimated. */
  promptTokens: number;
  /** Kinds of personal data, where the router keeps such requests on local models; `requirements` then say so. */
  personal: readonly string[];
}

/**
 * Reads a conversation as the gateway reads it, for programs that decide without a server.
 * @param body of a request of chat completions; pictures need not be in it, only the parts that say where they stand
 * @param router whose text and wrappers it is read for; none for a call that names its model
 * @param maxChars characters that the router reads
 */
export async function readChat(
  body: Readonly<Record<string, unknown>>,
  router: RequestRouter | undefined,
  maxChars: number,
): Promise<ReadChat> {
  const read = readRequest(chatWire, JSON.stringify(body), body);
  const personal = router && keepsPersonalData(router, []) ? await personalDataIn(read.asked.said) : [];
  return {
    text: routingText(read, maxChars, router?.sharedPrefixes),
    requirements: { ...read.requirements, ...(personal.length > 0 && { local: true }) },
    promptTokens: read.promptTokens,
    personal,
  };
}
