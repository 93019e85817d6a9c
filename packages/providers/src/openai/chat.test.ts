import { describeChatModelContract } from '@routeprofile/schema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerJson, openModelServer, type ModelHandler, type ModelServer } from '../testing/index.js';
import { UnusableAnswer } from '../http/fault.js';
import { createOpenAiChat, type OpenAiChatSettings } from './chat.js';

interface Asked {
  messages?: { content: string }[];
  prompt?: string;
}
const say =
  (content: string, usage?: object): ModelHandler<Asked> =>
  (_, response) =>
    answerJson(response, 200, { choices: [{ message: { content }, finish_reason: 'stop' }], usage });
const tokens = { prompt_tokens: 50, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 20 } };

let server: ModelServer<Asked>;
beforeAll(async () => {
  server = await openModelServer(say('Four.', tokens));
});
afterAll(() => server.close());
afterEach(() => server.reset());

const names = { who: 'test', baseUrl: 'the base URL', apiKey: 'the key' };
const create = (more: Partial<OpenAiChatSettings> = {}) =>
  createOpenAiChat({
    names,
    model: 'toy',
    baseUrl: server.baseUrl,
    apiKey: 'sk-test-0123456789',
    delays: { firstDelay: 1, maximumDelay: 5 },
    ...more,
  });
const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: '2 + 2?' },
];
const ctx = { seed: 1 };

describeChatModelContract({ describe, it, expect }, 'createOpenAiChat', () => create());
describeChatModelContract({ describe, it, expect }, 'createOpenAiChat, bare prompts', () =>
  create({ api: 'completions' }),
);

describe('a chat model behind an endpoint', () => {
  it('reads no more of an answer than it may', async () => {
    const asked = create({ maxAnswerBytes: 20 }).complete({ messages: [{ role: 'user', content: 'q' }] }, { seed: 1 });
    await expect(asked).rejects.toThrow(/longer than the limit of 20 bytes/);
    expect(server.arrived).toBe(1);
  });

  it('sends messages, model and settings with the key', async () => {
    const completion = await create({ body: { temperature: 0, max_tokens: 5 } }).complete(
      { messages, label: 'x' },
      ctx,
    );
    expect(completion).toEqual({
      text: 'Four.',
      truncated: false,
      usage: { uncachedInput: 30, cacheRead: 20, cacheWrite: 0, output: 10 },
      estimated: false,
      attempts: 1,
    });
    expect(server.requests).toEqual([
      {
        path: '/v1/chat/completions',
        key: 'Bearer sk-test-0123456789',
        body: { model: 'toy', messages, temperature: 0, max_tokens: 5 },
      },
    ]);
  });

  it('sends the bare prompt where it is told to', async () => {
    await create({ api: 'completions', apiKey: undefined }).complete({ messages }, ctx);
    expect(server.requests).toEqual([
      { path: '/v1/completions', key: undefined, body: { model: 'toy', prompt: 'Be brief.\n\n2 + 2?' } },
    ]);
  });

  it('names model, endpoint and settings in its id, and no secret', () => {
    const host = server.baseUrl.slice('http://'.length);
    expect(create({ body: { seed: 7 } }).id).toBe(`toy at ${host} (chat) {"seed":7}`);
    expect(create({ baseUrl: `${server.baseUrl}/sk-test-0123456789` }).id).toBe(`toy at ${host}/*** (chat) {}`);
  });

  it('counts what unusable answers took, and says what is estimated', async () => {
    server.script = [say('', tokens), say(''), (_, response) => void response.destroy()];
    const { usage, estimated, attempts } = await create().complete({ messages }, ctx);
    // 3 and 2 tokens of text and 8 a message for the silent one.
    expect(usage).toEqual({ uncachedInput: 30 + 21 + 30, cacheRead: 40, cacheWrite: 0, output: 20 });
    expect([estimated, attempts, server.requests.length]).toEqual([true, 3, 4]);
  });

  it('asks again until the caller’s judge is content', async () => {
    server.script = [say('four', tokens), say('FOUR', tokens)];
    const judge: OpenAiChatSettings['judge'] = ({ content }) => {
      if (content !== 'FOUR') throw new UnusableAnswer('it is not loud');
      return { text: content, truncated: false };
    };
    expect(await create({ judge }).complete({ messages }, ctx)).toMatchObject({ text: 'FOUR', attempts: 2 });
    const error = create({ judge, retries: 1 }).complete({ messages, label: 'query 7' }, ctx);
    await expect(error).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringMatching(/^test: query 7: toy at .*: it is not loud after 2 attempts$/) as string,
    });
  });

  it('refuses an address or a key that cannot be used', () => {
    expect(() => create({ baseUrl: 'nowhere' })).toThrow(/not an http\(s\) address/);
    expect(() => create({ apiKey: 'a key\n' })).toThrow(/no HTTP header may hold/);
  });
});
