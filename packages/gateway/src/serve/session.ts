import { contentOf, fieldsOf, itemsOf, textOf, type Asked, type Fields } from '../wire/format.js';
import type { HeaderReader } from './exchange.js';

/** Headers in which clients name a conversation, those that say most first; a sub-agent's is a conversation of its own. */
const HEADERS: readonly { name: string; agent?: string }[] = [
  { name: 'x-session-id' },
  { name: 'x-claude-code-session-id', agent: 'x-claude-code-agent-id' },
  { name: 'session-id' },
  { name: 'x-litellm-session-id' },
];

/** Characters of a name that are kept. */
const LONGEST = 200;

/** The conversation that a request belongs to, as its client names it; undefined where it does not. */
export function sessionOf(headers: HeaderReader, body: Fields): string | undefined {
  for (const { name, agent } of HEADERS) {
    const session = headers.get(name);
    if (!session) continue;
    const sub = agent === undefined ? null : headers.get(agent);
    return (sub === null ? session : `${session}/${sub}`).slice(0, LONGEST);
  }
  return textOf(body['prompt_cache_key']).slice(0, LONGEST) || undefined;
}

/**
 * Names a conversation that its client does not name, by how it began: instructions, and turns up to the first of a user. The same client's
 * conversations that began alike are one.
 */
export async function derivedSession({ turns, instructions }: Asked): Promise<string> {
  const list = itemsOf(turns).map(fieldsOf);
  const first = list.findIndex(({ role }) => role === 'user');
  const opening = list.slice(0, first + 1).map(({ content }) => contentOf(content));
  const texts = [...instructions.map(contentOf), textOf(turns), ...opening];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(texts)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
