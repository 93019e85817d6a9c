import { z } from 'zod';

/** One message of a chat, in the roles of the OpenAI API. */
export const chatMessageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.string(),
});
/** One message of a chat: who says it, and its text. */
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** A query is a text, or the messages of a chat. */
export const querySchema = z.union([z.string(), z.array(chatMessageSchema).min(1)]);
/** A query as files hold it: a text, or the messages of a chat. `queryText` gives the text that routers see. */
export type Query = z.infer<typeof querySchema>;

/** The text a router sees: the text itself, or the messages' contents in order, a blank line between them. */
export function queryText(query: Query): string {
  return typeof query === 'string'
    ? query
    : query
        .map((message) => message.content)
        .filter((content) => content !== '')
        .join('\n\n');
}
