import { describeChatModelContract } from '@routeprofile/schema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerJson, openModelServer, type ModelServer } from '../testing/index.js';
import { createAnthropicChat, type AnthropicChatSettings } from './chat.js';

let server: ModelServer<unknown>;
const say = (content: unknown, more: object = {}) => ({
  content,
  stop_reason: 'end_turn',
  usage: { input_tokens: 50, output_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 5 },
  ...more,
});
const text = (said: string) => [{ type: 'text', text: said }];
beforeAll(async () => {
  server = await openModelServer((_, response) => answerJson(response, 200, say(text('Four.'))));
});
afterAll(() => server.close());
afterEach(() => server.reset());

const create = (more: Partial<AnthropicChatSettings> = {}) =>
  createAnthropicChat({
    names: { who: 'test', baseUrl: 'the base URL', apiKey: 'the key' },
    model: 'toy',
    baseUrl: server.baseUrl,
    apiKey: 'sk-ant-0123456789',
    delays: { firstDelay: 1, maximumDelay: 5 },
    ...more,
  });
const ctx = { seed: 1 };
const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: '2 + 2?' },
];

describeChatModelContract({ describe, it, expect }, 'createAnthropicChat', () => create());

describe('a model that speaks Messages', () => {
  it('is sent instructions apart, alternating turns, its limit and the key as this wire has them', async () => {
    const turns = [
      ...messages,
      { role: 'user' as const, content: 'Now!' },
      { role: 'assistant' as const, content: 'Hm' },
    ];
    let headers: Readonly<Record<string, unknown>> = {};
    server.script.push((_, response, request) => {
      headers = request.headers;
      answerJson(response, 200, say(text('Four.')));
    });
    await create({ body: { temperature: 0 } }).complete({ messages: turns, idempotencyKey: 'k1' }, ctx);
    expect(server.requests).toEqual([
      {
        path: '/v1/messages',
        key: undefined,
        body: {
          model: 'toy',
          system: 'Be brief.',
          messages: [
            { role: 'user', content: '2 + 2?\n\nNow!' },
            { role: 'assistant', content: 'Hm' },
          ],
          max_tokens: 1024,
          temperature: 0,
        },
      },
    ]);
    expect(headers).toMatchObject({
      'x-api-key': 'sk-ant-0123456789',
      'anthropic-version': '2023-06-01',
      'idempotency-key': 'k1',
    });
  });

  it('counts every token once, and leaves thinking out of the text', async () => {
    server.script.push((_, response) =>
      answerJson(response, 200, say([{ type: 'thinking', thinking: 'Hm.' }, ...text('Fo'), ...text('ur.')])),
    );
    expect(await create().complete({ messages }, ctx)).toEqual({
      text: 'Four.',
      truncated: false,
      usage: { uncachedInput: 50, cacheRead: 20, cacheWrite: 5, output: 10 },
      estimated: false,
      attempts: 1,
    });
  });

  it('says when the limit ended the answer', async () => {
    server.script.push((_, response) => answerJson(response, 200, say(text('Fo'), { stop_reason: 'max_tokens' })));
    expect((await create().complete({ messages }, ctx)).truncated).toBe(true);
  });

  it('fails with the kind of fault, what it took, and no key', async () => {
    server.script.push(
      (_, response) => answerJson(response, 200, say([], { stop_reason: 'refusal' })),
      (_, response) =>
        answerJson(response, 401, { error: { type: 'authentication_error', message: 'bad sk-ant-0123456789' } }),
    );
    const once = create({ retries: 0 });
    await expect(once.complete({ messages }, ctx)).rejects.toMatchObject({
      endedBy: { kind: 'unusable', retryable: true },
      usage: { uncachedInput: 50, output: 10 },
    });
    const refused = await once.complete({ messages }, ctx).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      status: 401,
      endedBy: { kind: 'refused-key', retryable: false },
      usage: undefined,
    });
    expect(String(refused)).not.toContain('0123456789');
  });
});
