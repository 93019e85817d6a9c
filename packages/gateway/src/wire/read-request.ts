import { queryTextOf, stripPrefix, type Requirements } from '@routeprofile/schema';
import { textOf, type Asked, type Fields, type WireFormat } from './format.js';
import { CHARACTERS_OF_TOKEN, measure } from './measure.js';

/** A request's body, read once. */
export interface ReadRequest {
  format: WireFormat;
  /** As it came. */
  text: string;
  body: Fields;
  asked: Asked;
  /** The client's word for what it wants; empty where it says none. */
  model: string;
  stream: boolean;
  requirements: Requirements;
  /** Tokens of the prompt, estimated. */
  promptTokens: number;
  /** How many pictures there are; their tokens are not among those of the prompt. */
  pictures: number;
  /** Whether it has files, films or what a server has stored, of which nobody knows before how long they are. */
  unseen: boolean;
}

/** A conversation is read as a whole. */
function countedBy(characters: number): NonNullable<Asked['counted']> {
  const tokens = Math.ceil(characters / CHARACTERS_OF_TOKEN);
  return { prompt: tokens, longest: tokens };
}

/** @param text JSON, as it came @param body the same, parsed */
export function readRequest(format: WireFormat, text: string, body: Fields): ReadRequest {
  const asked = format.asked(body);
  const { characters, pictures, sounds, files } = measure(asked.read);
  const { prompt: promptTokens, longest } = asked.counted ?? countedBy(characters);
  return {
    format,
    text,
    body,
    asked,
    model: textOf(body['model']),
    stream: body['stream'] === true && format.wire !== 'embeddings',
    promptTokens,
    pictures,
    unseen: files || asked.boundTo !== undefined,
    requirements: {
      contextTokens: longest,
      ...(asked.tools && { tools: true }),
      ...(asked.json && { [asked.json === 'schema' ? 'jsonSchema' : 'jsonMode']: true }),
      ...(asked.logprobs && { logprobs: true }),
      ...(asked.reasoning && { reasoning: true }),
      ...(pictures > 0 && { vision: true }),
      ...(sounds && { audio: true }),
      ...(asked.maxOutput !== undefined && { outputTokens: asked.maxOutput }),
    },
  };
}

/** A text no longer than that, and never half a character. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const last = text.charCodeAt(characters - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? characters - 1 : characters);
}

/**
 * The text that a router sees: the last user message that holds text. A beginning that the router does not read (`sharedPrefixes`) stays,
 * as routers are given whole queries, and is not counted: it may be longer than the limit, and the question comes after it.
 * @param maxChars characters; what is behind them is left out
 * @returns empty for a request in which no user says anything
 */
export function routingText(
  { asked }: Pick<ReadRequest, 'asked'>,
  maxChars: number,
  sharedPrefixes: readonly string[] = [],
): string {
  const text = queryTextOf(asked.turns)?.text ?? '';
  const rest = stripPrefix(text, sharedPrefixes);
  return text.slice(0, text.length - rest.length) + cut(rest, maxChars);
}
