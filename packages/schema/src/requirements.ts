import { z } from 'zod';

/** What one query demands of the model that answers it. */
export interface Requirements {
  jsonMode?: boolean;
  /** An answer by a JSON schema of the caller's. */
  jsonSchema?: boolean;
  tools?: boolean;
  vision?: boolean;
  audio?: boolean;
  /** Log probabilities of the answer's tokens. */
  logprobs?: boolean;
  reasoning?: boolean;
  /** Only models that run there. */
  region?: string;
  /** Only models that run on the user's own machines. */
  local?: boolean;
  /** Tokens of the prompt, where they are known better than by counting characters. */
  contextTokens?: number;
  outputTokens?: number;
  /** How the request is spoken, such as `chat` or `messages`: a gateway knows which of its endpoints understand it. No candidate is asked for it. */
  wire?: string;
}

const asked = z.boolean().optional();
const tokens = z.number().min(0).optional();

/** Of `Requirements`, where they are read from files or given by users. */
export const requirementsSchema = z.object({
  jsonMode: asked,
  jsonSchema: asked,
  tools: asked,
  vision: asked,
  audio: asked,
  logprobs: asked,
  reasoning: asked,
  region: z.string().optional(),
  local: asked,
  contextTokens: tokens,
  outputTokens: tokens,
  wire: z.string().optional(),
} satisfies Record<keyof Requirements, z.ZodType>);
