import { describe, expect, it } from 'vitest';
import { sessionOf } from './session.js';

describe('the conversation of a request', () => {
  it.each<[Record<string, string>, object, string | undefined]>([
    [{ 'x-session-id': 's', 'session-id': 'other' }, { prompt_cache_key: 'p' }, 's'],
    [{ 'x-claude-code-session-id': 'c' }, {}, 'c'],
    [{ 'x-claude-code-session-id': 'c', 'x-claude-code-agent-id': 'a' }, {}, 'c/a'],
    [{ 'x-claude-code-agent-id': 'a', 'session-id': 'codex' }, {}, 'codex'],
    [{}, { prompt_cache_key: 'p' }, 'p'],
    [{}, { prompt_cache_key: 1 }, undefined],
    [{ 'x-session-id': 'x'.repeat(300) }, {}, 'x'.repeat(200)],
  ])('%j %j', (headers, body, session) => {
    expect(sessionOf(new Headers(headers), { ...body })).toBe(session);
  });
});
