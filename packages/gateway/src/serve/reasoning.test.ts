import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import { openGateway } from '../testing/open-gateway.js';

const refusal = (message: string) => ({
  kind: 'refuse' as const,
  status: 400,
  body: JSON.stringify({ error: { message } }),
});
const ANTHROPIC = refusal('messages.1.content.0: Invalid `signature` in `thinking` block');
const OPENAI = refusal('The encrypted content for item rs_1 could not be verified.');

const thought = { type: 'thinking', thinking: 'Let me see.', signature: 'of another' };
const call = { type: 'tool_use', id: 't1', name: 'add', input: { x: 1 } };
const turns = [
  { role: 'user', content: 'What is 17 * 3?' },
  { role: 'assistant', content: [thought, call] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '51' }] },
  { role: 'assistant', content: [{ type: 'redacted_thinking', data: 'xyz' }] },
  { role: 'user', content: 'So?' },
];

describe('reasoning that another provider signed', () => {
  it.each([true, false])(
    'is left out once the endpoint refuses it, and the endpoint is asked once more (stream: %s)',
    async (stream) => {
      const { ask, upstream, store } = openGateway();
      upstream.script.set('a', [ANTHROPIC]);
      const response = await ask('messages', stream, { messages: turns });
      await response.text();
      await settle();
      expect([response.status, upstream.sent.map(({ endpoint }) => endpoint)]).toEqual([200, ['a', 'a']]);
      const [first, second] = upstream.sent.map(({ body }) => body['messages']);
      expect(first).toEqual(turns);
      expect(second).toEqual([turns[0], { role: 'assistant', content: [call] }, turns[2], turns[4]]);
      expect((await store.find('id-1'))?.attempts.map(({ endpoint, fault }) => [endpoint, fault])).toEqual([
        ['a', 'signature'],
        ['a', undefined],
      ]);
    },
  );

  it('is an item of its own on the wire of responses', async () => {
    const { ask, upstream } = openGateway();
    upstream.script.set('a', [OPENAI]);
    const message = { type: 'message', role: 'user', content: 'So?' };
    const input = [{ type: 'reasoning', id: 'rs_1', encrypted_content: 'x', summary: [] }, message];
    expect((await ask('responses', false, { input })).status).toBe(200);
    expect(upstream.sent.map(({ body }) => body['input'])).toEqual([input, [message]]);
  });

  it('is a matter of the client where there is none to leave out, or leaving it out does not help', async () => {
    const { ask, upstream } = openGateway();
    upstream.script.set('a', [ANTHROPIC]);
    expect((await ask('messages', false)).status).toBe(400);
    expect(upstream.sent.length).toBe(1);
    upstream.script.set('a', [ANTHROPIC, ANTHROPIC]);
    expect((await ask('messages', false, { messages: turns })).status).toBe(400);
    expect(upstream.sent.map(({ endpoint }) => endpoint)).toEqual(['a', 'a', 'a']);
  });
});
