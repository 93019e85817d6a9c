import { textOf, type Fields } from '../wire/format.js';
import type { HeaderReader } from './exchange.js';

/** Headers in which clients name a conversation, those that say most first; a sub-agent's is a conversation of its own. */
const HEADERS = [
  ['x-session-id'],
  ['x-claude-code-session-id', 'x-claude-code-agent-id'],
  ['session-id'],
  ['x-litellm-session-id'],
];

/** Characters of a name that are kept. */
const LONGEST = 200;

/** The conversation that a request belongs to, as its client names it; undefined where it does not. */
export function sessionOf(headers: HeaderReader, body: Fields): string | undefined {
  for (const names of HEADERS) {
    const said = names.flatMap((name) => headers.get(name) ?? []);
    if (headers.has(names[0]!)) return said.join('/').slice(0, LONGEST);
  }
  return textOf(body['prompt_cache_key']).slice(0, LONGEST) || undefined;
}
