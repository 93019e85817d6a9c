import { fieldsOf, isFields, type Fields, type Usage } from '@routeprofile/schema';
import type { ServerSentEvent } from '../sse/scanner.js';
import type { EndpointWire } from '../contracts/wire.js';
export { fieldsOf, isFields, type Fields } from '@routeprofile/schema';

/** The items of a list; none of anything else. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** The text, or an empty one for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The texts of a message, of instructions or of what a tool gave back, each of which is a text or a list of parts. */
export const contentOf = (content: unknown): string =>
  textOf(content) ||
  itemsOf(content)
    .map((part) => textOf(fieldsOf(part)['text']))
    .join('\n');

/** What a request's body says that concerns routing, as its wire has it. */
export interface Asked {
  /** Turns of the conversation, as `queryTextOf` of `@routeprofile/schema` reads them. */
  turns: unknown;
  /** What the model is told beside the turns. */
  instructions: readonly unknown[];
  /** All that was said so far, as it came: turns and instructions. */
  said: readonly unknown[];
  /** Tokens of the prompt, in all and of the longest part that a model reads at once. Default: by counting the characters of `read`. */
  counted?: { prompt: number; longest: number };
  /** All that the model reads: turns, instructions, tools. */
  read: readonly unknown[];
  tools: boolean;
  /** The answer is to be JSON: any, or by a schema of the client's. */
  json: 'any' | 'schema' | undefined;
  /** Log probabilities of its tokens are wanted. */
  logprobs: boolean;
  /** The model is told to think first, or how much. */
  reasoning: boolean;
  /** Most tokens of the answer. */
  maxOutput: number | undefined;
  /** Answers wanted; each may be as long as the limit. */
  choices: number;
  /** Whether the client is told the usage of a stream: asked for, or part of the wire. */
  usage: boolean;
  /** What binds the request to the endpoint that made it, such as an earlier answer that is stored there. */
  boundTo?: string;
  /** What the gateway cannot do, whoever answers: the member's name, and why. */
  unable?: { name: string; why: string };
}

/** What a format of answers asks for, by its type; both wires of OpenAI have the same words. */
export const jsonOfType = (type: unknown): Asked['json'] =>
  type === 'json_schema' ? 'schema' : type === 'json_object' ? 'any' : undefined;

/** Whether a setting is made, and not to one of the values that turn it off. */
export const isSaid = (setting: unknown, ...off: readonly string[]): boolean =>
  typeof setting === 'string' && setting !== 'none' && !off.includes(setting);

/** A limit that a client sets; anything but a finite number above 0 is none: to some servers -1 means as long as they like. */
export const limitOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;

/** What one event means to whoever passes it on. */
export type EventMeaning =
  /** Text, reasoning, or a tool call. */
  | 'content'
  /** The answer is whole; nothing follows. */
  | 'end'
  | 'error'
  /** Only what we asked for and the client did not. */
  | 'ours'
  /** Not what this wire has. */
  | 'malformed'
  | 'other';

/** What an answer has said so far, streamed or not. */
export interface AnswerState {
  /** As the server counts it. */
  usage?: Usage;
  /** Bytes of all texts that the model wrote, for servers that do not count. */
  writtenBytes: number;
  /** Whether something came of it that a client can use. */
  content: boolean;
  /** `plain`: the model said that it had finished. `other`: a limit, a filter, a tool. Absent until it says. */
  finish?: 'plain' | 'other';
}

/** Reads the events of one stream in order. */
export interface StreamReader {
  read(event: ServerSentEvent): EventMeaning;
  readonly state: Readonly<AnswerState>;
  /** What to pass on in the place of the event that was just read, where clients break on it as it is. */
  instead?(): string | undefined;
  /** For a stream that ended without its last event: what to end it with, as all that matters has come; undefined if it was cut. */
  ending(): string | undefined;
}

/** Something to say to a client in the way of its wire. */
export interface Complaint {
  /** HTTP status. */
  status: number;
  /** A word for programs, such as `model_not_found`. */
  code: string;
  message: string;
}

/** One wire: everything the gateway knows of it. Plain functions; nothing here calls anybody. */
export interface WireFormat {
  wire: EndpointWire;
  /** Below an endpoint's base URL. */
  path: string;
  /** How an endpoint of it wants its key. */
  keyHeader: 'authorization' | 'x-api-key';
  asked(body: Fields): Asked;
  /**
   * The body for streams whose usage the client did not ask for.
   * @param text JSON
   * @returns the same text where the wire reports usage anyway, or the client asked for it
   */
  askingForUsage(text: string, body: Fields): string;
  /**
   * The body without the reasoning of earlier answers, which its provider signed and others refuse.
   * @param text JSON
   * @returns undefined where there is none to leave out, or the wire has no such thing
   */
  withoutReasoning?(text: string, body: Fields): string | undefined;
  /** @param usageWanted `Asked.usage`: otherwise events of usage alone are `ours` */
  openStream(usageWanted: boolean): StreamReader;
  /** What an event of an error says, in the form of the body of a refused request: JSON with `error`. */
  errorIn(data: string): string;
  /** A whole answer; undefined where it is not of this wire. */
  readAnswer(answer: unknown): AnswerState | undefined;
  /** A body, JSON. */
  errorBody(complaint: Complaint): string;
  /** An event that ends a stream with an error, in every client. */
  errorEvent(complaint: Complaint): string;
}

/** Bytes of a text in UTF-8, counted without encoding it. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A pair of surrogates makes four bytes, as two times two.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/** The data of an event; undefined where it is not a JSON object. */
export function jsonOf({ data }: ServerSentEvent): Fields | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** One event as bytes are sent. */
export const eventText = (data: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

/** Adds a text to what an answer has written. @returns whether there was any */
export function wrote(state: AnswerState, ...texts: readonly unknown[]): boolean {
  let bytes = 0;
  for (const text of texts) if (typeof text === 'string') bytes += byteLength(text);
  state.writtenBytes += bytes;
  state.content ||= bytes > 0;
  return bytes > 0;
}

/** OpenAI's name for what kind of error a status is. */
function openAiType(status: number): string {
  if (status === 401 || status === 403) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** A complaint as both wires of OpenAI have it. */
export const openAiError = ({ status, code, message }: Complaint) => ({
  error: { message, type: openAiType(status), param: null, code },
});
