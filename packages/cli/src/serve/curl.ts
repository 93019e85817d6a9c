import type { ServeConfig } from './config.js';

const ASKED = 'What is 17 * 3?';
const MESSAGES = [{ role: 'user', content: ASKED }];
/** A request on each wire; the first that an endpoint speaks is shown. */
const REQUESTS = [
  ['chat', '/v1/chat/completions', { messages: MESSAGES }],
  ['messages', '/v1/messages', { max_tokens: 200, messages: MESSAGES }],
  ['responses', '/v1/responses', { input: ASKED }],
] as const;

/** The key as a shell looks it up. */
const keyInShell = (reference: string): string =>
  reference.startsWith('env:') ? `$${reference.slice('env:'.length)}` : `$(cat '${reference.slice('file:'.length)}')`;

/** A command that asks the gateway, as a shell takes it. */
export function curlLine(url: string, { endpoints, routes, keys }: ServeConfig): string {
  const spoken = new Set(endpoints.flatMap(({ wires }) => wires));
  const [, path, body] = REQUESTS.find(([wire]) => spoken.has(wire)) ?? REQUESTS[0];
  const names = Object.keys(routes);
  const auto = names.length === 1 ? names[0] : 'default';
  const allowed = keys[0]?.routes ?? names;
  const model = allowed.some((name) => name === auto) ? 'auto' : `routeprofile/${allowed[0]}`;
  const key = keys[0] ? ` -H "authorization: Bearer ${keyInShell(keys[0].key)}"` : '';
  return `curl ${url}${path} -H 'content-type: application/json'${key} -d '${JSON.stringify({ model, ...body })}'`;
}
