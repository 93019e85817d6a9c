import { describeChatModelContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { createAiSdkChat } from './chat.js';
import type { LanguageModelCall, LanguageModelLike } from './language-model.js';

/** As providers of the AI SDK make them: v2 counts in plain numbers, v3 in totals with parts. */
function model(version: string, answer: (call: LanguageModelCall) => unknown = () => said(version, 'Four.')) {
  const calls: LanguageModelCall[] = [];
  const object: LanguageModelLike = {
    specificationVersion: version,
    provider: 'toy.chat',
    modelId: 'toy-1',
    async doGenerate(call) {
      call.abortSignal?.throwIfAborted();
      calls.push(call);
      return answer(call);
    },
  };
  return { object, calls };
}
const said = (version: string, text: string, finish = 'stop') => ({
  content: [
    { type: 'reasoning', text: 'Hm.' },
    { type: 'text', text },
  ],
  finishReason: version === 'v2' ? finish : { unified: finish, raw: 'end' },
  usage:
    version === 'v2'
      ? { inputTokens: 70, outputTokens: 10, totalTokens: 80, cachedInputTokens: 20, reasoningTokens: 4 }
      : {
          inputTokens: { total: 70, noCache: 45, cacheRead: 20, cacheWrite: 5 },
          outputTokens: { total: 10, text: 6, reasoning: 4 },
        },
  warnings: [],
});
const ctx = { seed: 1 };
const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: '2 + 2?' },
];
const settings = { who: 'test', call: { temperature: 0, maxOutputTokens: 50 } };

for (const version of ['v2', 'v3'])
  describeChatModelContract({ describe, it, expect }, `createAiSdkChat, ${version}`, () =>
    createAiSdkChat(model(version).object, settings),
  );

describe('a language model of the AI SDK', () => {
  it.each([
    ['v2', { uncachedInput: 50, cacheRead: 20, cacheWrite: 0, output: 10, reasoning: 4 }],
    ['v3', { uncachedInput: 45, cacheRead: 20, cacheWrite: 5, output: 10, reasoning: 4 }],
  ])('is asked as the SDK asks, and counted in one form: %s', async (version, usage) => {
    const { object, calls } = model(version);
    const completion = await createAiSdkChat(object, settings).complete({ messages }, ctx);
    expect(completion).toEqual({ text: 'Four.', truncated: false, usage, estimated: false, attempts: 1 });
    expect(calls[0]).toMatchObject({
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: '2 + 2?' }] },
      ],
      temperature: 0,
      maxOutputTokens: 50,
    });
  });

  it('tells what a failure was from the error of the SDK', async () => {
    const failing = model('v3', () => {
      throw Object.assign(new Error('slow down'), {
        statusCode: 429,
        responseHeaders: { 'retry-after': '2' },
        responseBody: '{}',
      });
    });
    await expect(createAiSdkChat(failing.object, settings).complete({ messages }, ctx)).rejects.toMatchObject({
      status: 429,
      endedBy: { kind: 'rate-limited', retryAfter: 2000 },
    });
  });

  it('an empty answer is a failure that was paid for', async () => {
    const empty = createAiSdkChat(model('v3', () => said('v3', '')).object, settings);
    await expect(empty.complete({ messages }, ctx)).rejects.toMatchObject({
      endedBy: { kind: 'unusable' },
      usage: { output: 10 },
    });
  });

  it('ends a call that takes too long', async () => {
    const slow = model(
      'v3',
      ({ abortSignal }) =>
        new Promise((_, reject) =>
          abortSignal?.addEventListener('abort', () => reject(new DOMException('over', 'AbortError'))),
        ),
    );
    await expect(
      createAiSdkChat(slow.object, { ...settings, timeout: 0.02 }).complete({ messages }, ctx),
    ).rejects.toMatchObject({ endedBy: { kind: 'timeout', retryable: true }, message: /no answer within 0.02 s/ });
  });

  it('is refused when it is of another specification', () => {
    expect(() => createAiSdkChat(model('v1').object, settings)).toThrow(/not a language model of the AI SDK/);
  });
});
