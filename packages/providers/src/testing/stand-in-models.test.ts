import { describe, expect, it } from 'vitest';
import { createOpenAiChat } from '../openai/chat.js';
import { misbehaving, openStandInModels, type StandInOptions } from './stand-in-models.js';

const names = { who: 'test', baseUrl: 'the base URL', apiKey: 'the key' };
async function asking(options: StandInOptions, retries = 0) {
  const server = await openStandInModels({ slowness: 2000, ...options });
  const chat = createOpenAiChat({
    names,
    model: 'toy',
    baseUrl: server.baseUrl,
    retries,
    timeout: 1,
    delays: { firstDelay: 1, maximumDelay: 5 },
  });
  const ask = (content: string, idempotencyKey?: string) =>
    chat.complete({ messages: [{ role: 'user', content }], idempotencyKey }, { seed: 1 });
  return { server, ask };
}

describe('stand-ins for models', () => {
  it.each([
    ['busy', 'rate-limited'],
    ['broken', 'overloaded'],
    ['slow', 'timeout'],
    ['cut-short', 'unusable'],
    ['empty', 'unusable'],
    ['not-json', 'unusable'],
    ['refused-key', 'refused-key'],
    ['hangs-up', 'connection'],
  ] as const)('fail as servers do: %s', async (fault, kind) => {
    const { server, ask } = await asking({ fails: () => fault });
    await expect(ask('Hello')).rejects.toMatchObject({ endedBy: { kind } });
    expect([...server.shown]).toEqual([[fault, 1]]);
    await server.close();
  });

  it('fail a share of requests, by seed, and recover', async () => {
    const { server, ask } = await asking({ fails: misbehaving(0.3, 7, ['broken', 'empty', 'busy']) }, 9);
    const prompts = Array.from({ length: 60 }, (_, i) => `prompt ${i}`);
    for (const prompt of prompts) expect((await ask(prompt)).text).toBe(`toy says ${prompt.length}`);
    const failures = [...server.shown.values()].reduce((a, b) => a + b, 0);
    expect(failures / (60 + failures)).toBeGreaterThan(0.15);
    expect(failures / (60 + failures)).toBeLessThan(0.45);
    expect(server.paid).toEqual(prompts.map((prompt) => `toy: ${prompt}`));
    await server.close();
  });

  it('charge a repeated key once where they know it', async () => {
    const { server, ask } = await asking({ idempotent: true });
    await ask('Hello', 'a');
    await ask('Hello', 'a');
    await ask('Hello', 'b');
    expect(server.paid).toHaveLength(2);
    await server.close();
  });

  it('refuse more requests a minute than they may take', async () => {
    const { server, ask } = await asking({ requestsPerMinute: 60 });
    await ask('one');
    await expect(ask('two')).rejects.toMatchObject({ endedBy: { kind: 'rate-limited', retryAfter: 20 } });
    await server.close();
  });
});
