import type { ServedWire } from '../../contracts/wire.js';

export const QUESTION = [{ role: 'user' as const, content: 'What is 17 * 3?' }];

/** The tool that clients offer, and how recordings call it. */
export const TOOL = {
  name: 'multiply',
  description: 'Multiplies two numbers.',
  schema: {
    type: 'object' as const,
    properties: { a: { type: 'number' as const }, b: { type: 'number' as const } },
    required: ['a', 'b'],
    additionalProperties: false,
  },
};
/** What a structured answer looks like. */
export const ANSWER_SCHEMA = {
  type: 'object' as const,
  properties: { answer: { type: 'number' as const } },
  required: ['answer'],
  additionalProperties: false,
};

/** A call of a tool, as a client hands it to its program. */
interface ToolCall {
  name: string;
  input: unknown;
}

/** How a client is used. */
export interface ClientSettings {
  /** Of the gateway. */
  url: string;
  maxRetries: number;
  signal?: AbortSignal;
}

/** A client that people use, and how its programs are written. */
export interface RealClient {
  wire: ServedWire;
  /** A whole answer's text. */
  whole(settings: ClientSettings): Promise<string | null | undefined>;
  /** A stream's text, piece by piece; throws where the client says that something is wrong. */
  stream(settings: ClientSettings, onText: (text: string) => void): Promise<void>;
  /** What a program does that wants no more after the first text. */
  leaves(settings: ClientSettings): Promise<void>;
  /** The call of the tool in an answer. */
  tool(settings: ClientSettings): Promise<ToolCall | undefined>;
  /** The same from a stream. */
  streamedTool(settings: ClientSettings): Promise<ToolCall | undefined>;
  /** An answer that keeps to a schema. */
  structured(settings: ClientSettings): Promise<unknown>;
}
