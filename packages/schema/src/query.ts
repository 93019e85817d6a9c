import { z } from 'zod';
import { queryTextOf } from './query-text.js';

/** Text parts of a message as one text; a part of another kind, such as an image, is refused. */
const textPartsSchema = z
  .array(z.object({ type: z.enum(['text', 'input_text']), text: z.string() }))
  .transform((parts) => parts.map(({ text }) => text).join('\n'));

/** One message of a chat, in the roles of the OpenAI API; its content is a text, or a list of text parts. */
export const chatMessageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), textPartsSchema]),
});
/** One message of a chat: who says it, and its text. */
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** A query is a text, or the messages of a chat. */
export const querySchema = z.union([z.string(), z.array(chatMessageSchema).min(1)]);
/** A query as files hold it: a text, or the messages of a chat. `queryText` gives the text that routers see. */
export type Query = z.infer<typeof querySchema>;

/**
 * The text a router sees: a text as it is; of a chat, what `queryTextOf` takes, the last user message that holds text. Null for a
 * chat in which no user says anything.
 */
export const queryText = (query: Query): string | null =>
  typeof query === 'string' ? query : (queryTextOf(query)?.text ?? null);
