import { z } from '@routeprofile/schema';
import { tokensOf } from '../answers.js';

/** What a stand-in reads of a request. */
export interface Asked {
  model: string;
  stream: boolean;
  /** The last text of the user. */
  question: string;
  promptTokens: number;
  /** Chat alone: whether the stream is to end with what it took. */
  usageWanted: boolean;
}

/** What a stand-in says to it. */
export interface Said {
  model: string;
  text: string;
  promptTokens: number;
  outputTokens: number;
  /** Of the output, what is not in the text. */
  reasoningTokens: number;
}

/** How a server of an API reads and writes. Events are JSON; one with a `type` is sent under that name where the wire names them. */
export interface StandInWire {
  path: string;
  /** @returns undefined for what is not a request of this wire */
  read(body: unknown): Asked | undefined;
  whole(said: Said): object;
  /** Events before the first word. */
  opening(said: Said): object[];
  word(text: string): object;
  /** Events after the last word. */
  closing(said: Said, asked: Asked): object[];
  /** Whether events have names. */
  named: boolean;
  /** What ends the stream, after its events. */
  end: string;
}

const partsSchema = z.array(z.object({ text: z.string().optional() }));

/** The text of a message, whether it is written as one or in parts. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = partsSchema.safeParse(content);
  return parts.success ? parts.data.map(({ text }) => text ?? '').join('\n') : '';
}

/** Messages as all wires have them. */
export const messagesSchema = z.array(z.looseObject({ role: z.string().optional(), content: z.unknown() }));

/** What a conversation asks for at its end, and how long it is. */
export function askedBy(messages: z.infer<typeof messagesSchema>): Pick<Asked, 'question' | 'promptTokens'> {
  return {
    question: contentText(messages.findLast(({ role }) => role === 'user')?.content),
    // Twelve for what stands around the words, as the sample counts.
    promptTokens: messages.reduce((sum, { content }) => sum + tokensOf(contentText(content)), 12),
  };
}
