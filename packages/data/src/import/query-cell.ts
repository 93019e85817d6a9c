import { isFields, queryTextOf, type ReadQuery } from '@routeprofile/schema';

const isMessageOrPart = (value: unknown): boolean =>
  isFields(value) && (typeof value['role'] === 'string' || typeof value['type'] === 'string' || 'parts' in value);

/** Shapes that only chats have: a query may be JSON text that is about something else. */
const isChat = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0 && value.every(isMessageOrPart)
    : isFields(value) &&
      (Array.isArray(value['messages']) || Array.isArray(value['contents']) || typeof value['role'] === 'string');

function parseChat(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isChat(value) ? value : undefined;
  } catch {
    // A query that merely begins like JSON is a text all the same.
    return undefined;
  }
}

/**
 * The query text of a cell: a text, messages, an object with messages, content parts, or JSON text of one of the last three.
 * Null when there is no text of a user in it.
 */
export function readQueryCell(value: unknown): ReadQuery | null {
  if (typeof value === 'number') return { text: String(value), omitted: 0 };
  if (typeof value !== 'string') return queryTextOf(value);
  const chat = parseChat(value);
  return chat === undefined ? { text: value, omitted: 0 } : queryTextOf(chat);
}
