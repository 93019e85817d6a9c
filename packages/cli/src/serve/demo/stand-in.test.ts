import { afterEach, describe, expect, it } from 'vitest';
import { seededFaults } from './faults.js';
import { openStandIn, type StandIn, type StandInParts } from './stand-in.js';

let standIn: StandIn | undefined;
afterEach(() => standIn?.close());

const question = { role: 'user', content: [{ type: 'text', text: 'why?' }] };
async function ask(body: object, parts: Partial<StandInParts> = {}): Promise<Response> {
  const answers = (model: string, text: string) => ({ text: `${model} on ${text}`, outputTokens: 40, seconds: 1 });
  standIn = await openStandIn({ answers, fault: () => undefined, speed: 1_000, ...parts });
  return fetch(`${standIn.baseUrl}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'before' }, question], ...body }),
  });
}
const usage = {
  ...{ prompt_tokens: 15, completion_tokens: 40, total_tokens: 55 },
  completion_tokens_details: { reasoning_tokens: 36 },
};

describe('a stand-in', () => {
  it('answers the last question whole', async () => {
    expect(await (await ask({})).json()).toMatchObject({
      choices: [{ message: { content: 'small on why?' }, finish_reason: 'stop' }],
      usage,
    });
  });

  it('answers word by word, with usage where it is asked for', async () => {
    const events = (await (await ask({ stream: true, stream_options: { include_usage: true } })).text())
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[]; usage?: object });
    expect(events.flatMap(({ choices }) => choices[0]?.delta.content ?? [])).toEqual(['', 'small ', 'on ', 'why?']);
    expect(events.at(-1)).toMatchObject({ choices: [], usage });
  });

  it('refuses as it is told', async () => {
    const fault = () => ({ status: 429, retryAfter: 8, message: 'later' });
    const response = await ask({}, { fault });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '8']);
    expect(await response.json()).toEqual({ error: { message: 'later' } });
    await standIn?.close();
    expect((await ask({ messages: 'none' })).status).toBe(400);
  });
});

describe('seeded faults', () => {
  const drawn = (seed: number) => {
    const fault = seededFaults(seed, 'flaky');
    return Array.from({ length: 200 }, () => fault('flaky')?.status ?? 200);
  };
  it('are the same under a seed, and of one model', () => {
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(new Set(drawn(1))).toEqual(new Set([200, 429, 503]));
    expect(drawn(1).filter((status) => status !== 200).length).toBeGreaterThan(30);
    const fault = seededFaults(1, 'flaky');
    expect(Array.from({ length: 50 }, () => fault('steady')).every((one) => one === undefined)).toBe(true);
  });
});
