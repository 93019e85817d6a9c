// A provider package of the AI SDK itself, over a real connection: what the tests beside this one take for granted of it.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { describe, expect, it } from 'vitest';
import { openStandInModels, type StandInOptions } from '../testing/stand-in-models.js';
import { createAiSdkChat } from './chat.js';

const ctx = { seed: 1 };
const messages = [{ role: 'user' as const, content: 'Hello' }];

async function asking(options: StandInOptions = {}) {
  const server = await openStandInModels({ slowness: 2000, ...options });
  const provider = createOpenAICompatible({
    name: 'stand-in',
    baseURL: server.baseUrl,
    apiKey: 'sk-canary-1234567890',
  });
  const chat = createAiSdkChat(provider.chatModel('toy'), { who: 'test', call: { maxOutputTokens: 50 }, timeout: 1 });
  return { server, ask: () => chat.complete({ messages }, ctx) };
}

describe('a provider of the AI SDK', () => {
  it('answers, and its usage is that of the server', async () => {
    const { server, ask } = await asking();
    const { text, usage, estimated } = await ask();
    expect([text, estimated]).toEqual(['toy says 5', false]);
    expect([usage.uncachedInput, usage.output]).toEqual([server.tokens.input, server.tokens.output]);
    expect(server.paid).toEqual(['toy: Hello']);
    await server.close();
  });

  it.each([
    ['busy', 'rate-limited', true],
    ['broken', 'overloaded', true],
    ['slow', 'timeout', true],
    ['cut-short', 'unusable', true],
    ['empty', 'unusable', true],
    ['not-json', 'unusable', true],
    ['refused-key', 'refused-key', false],
    ['hangs-up', 'connection', true],
  ] as const)('fails by name, and keeps its key: %s', async (fault, kind, retryable) => {
    const { server, ask } = await asking({ fails: () => fault });
    const error: unknown = await ask().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ endedBy: { kind, retryable } });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('canary');
    await server.close();
  });
});
