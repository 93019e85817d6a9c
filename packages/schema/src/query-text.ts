import { isFields, type Fields } from './fields.js';
import { RouteProfileError } from './errors.js';

/** The text of a query, and how many parts of it are not text (images, audio, tool results) and were left out. */
export interface ReadQuery {
  text: string;
  omitted: number;
}

const USER_ROLES = new Set<unknown>([undefined, 'user', 'human']);
/** What the chat formats call a part that is text: Chat Completions and Anthropic, then Responses. Gemini names no type. */
const TEXT_TYPES = new Set<unknown>([undefined, 'text', 'input_text']);

const isMessage = (value: unknown): value is Fields =>
  isFields(value) && (typeof value['role'] === 'string' || 'content' in value || 'parts' in value);

function textOfPart(part: unknown): string | null {
  if (typeof part === 'string') return part;
  return isFields(part) && TEXT_TYPES.has(part['type']) && typeof part['text'] === 'string' ? part['text'] : null;
}

/** The text parts of one message, a line break between them, and the number of its other parts. */
function readContent(content: unknown): ReadQuery {
  if (content === undefined || content === null) return { text: '', omitted: 0 };
  const texts = (Array.isArray(content) ? content : [content]).map(textOfPart);
  const kept = texts.filter((text) => text !== null);
  return { text: kept.join('\n'), omitted: texts.length - kept.length };
}

/** The last user message that holds text. Parts left out of user messages after it count as well: they belong to the question. */
function readMessages(messages: readonly unknown[]): ReadQuery | null {
  let omitted = 0;
  for (const message of messages.toReversed()) {
    if (!isMessage(message) || !USER_ROLES.has(message['role'])) continue;
    const read = readContent(message['content'] ?? message['parts']);
    omitted += read.omitted;
    if (read.text.trim() !== '') return { text: read.text, omitted };
  }
  return null;
}

/** The error for a chat in which no user says anything. @param place how a message names it */
export const noUserText = (place: string): RouteProfileError =>
  new RouteProfileError('BAD_INPUT', `${place}: the messages hold no text of a user`, {
    hint: 'Give at least one message with the role user and a text.',
  });

/**
 * A query as people write it → the text that routers see.
 * @param value a text; a list of chat messages; one message (`content` or `parts` holds a text or a list of parts); a list
 *   of parts; or an object with such a list under `messages` or `contents`. The shapes are those of the OpenAI, Anthropic
 *   and Gemini APIs.
 * @returns of messages, the last user message that holds text: its text parts joined by line breaks, and the number of
 *   parts that are not text from that message on. Null where there is no user text.
 */
export function queryTextOf(value: unknown): ReadQuery | null {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.some(isMessage)) return readMessages(items);
    return items.every(isFields) ? readMessages([{ content: items }]) : null;
  }
  if (!isFields(value)) return typeof value === 'string' ? readMessages([{ content: value }]) : null;
  const list = value['messages'] ?? value['contents'];
  return Array.isArray(list) ? readMessages(list) : readMessages([value]);
}
