import { describe, expect, it } from 'vitest';
import { WIRES } from '../wire/formats.js';
import { derivedSession, sessionOf } from './session.js';

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

describe('a conversation without a name', () => {
  const user = (content: unknown) => ({ role: 'user', content });
  const begun = (system: string, ...messages: object[]) =>
    derivedSession(WIRES.chat.asked({ messages: [{ role: 'system', content: system }, ...messages] }));

  it('is the same as long as it begins the same', async () => {
    const first = await begun('Be brief.', user('Why?'));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await begun('Be brief.', user('Why?'), { role: 'assistant', content: 'Because.' }, user('And?'))).toBe(
      first,
    );
    expect(await begun('Be long.', user('Why?'))).not.toBe(first);
    expect(await begun('Be brief.', user('Who?'))).not.toBe(first);
  });

  it('is told by texts, not by marks on them, on any wire', async () => {
    const part = (more: object) => [{ type: 'text', text: 'Why?', ...more }];
    const marked = (more: object, turns: object[] = []) =>
      derivedSession(WIRES.messages.asked({ system: part(more), messages: [user(part(more)), ...turns] }));
    const mark = { cache_control: { type: 'ephemeral' } };
    expect(await marked({}, [user('And?')])).toBe(await marked(mark));
    const input = (body: object) => derivedSession(WIRES.responses.asked({ ...body }));
    expect(await input({ input: 'Why?' })).not.toBe(await input({ input: 'Who?' }));
    expect(await input({ instructions: 'x', input: 'Why?' })).not.toBe(await input({ input: 'Why?' }));
  });
});
