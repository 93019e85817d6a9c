import { z } from 'zod';

export const chatMessageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.string(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** A query is a text, or the messages of a chat. */
export const querySchema = z.union([z.string(), z.array(chatMessageSchema).min(1)]);
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
