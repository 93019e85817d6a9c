// Budgets from end to end: many requests at the same time, model servers that answer late or fail, and money that comes back.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StateStore } from '../contracts/store.js';
import type { Upstream } from '../contracts/upstream.js';
import { memoryStore } from '../store/memory.js';
import { listedRouter, openGateway, SECRETS } from '../testing/open-gateway.js';
import { openJournal } from './journal.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Dollars per million tokens, so that a request with this limit costs at most a little less than a dollar. */
const PRICE = { input: 1, output: 10 };
const MAX_TOKENS = 99_900;
/** What a server says that a call took: 70 cents. */
const USED = { prompt_tokens: 0, completion_tokens: 70_000 };

const encoder = new TextEncoder();
const chunk = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const choice = { index: 0, finish_reason: 'stop' };
const answerText = (stream: boolean): string =>
  stream
    ? chunk({ choices: [{ ...choice, delta: { content: 'x' } }] }) +
      chunk({ choices: [], usage: USED }) +
      'data: [DONE]\n\n'
    : JSON.stringify({ choices: [{ ...choice, message: { role: 'assistant', content: 'x' } }], usage: USED });

/** A model server that answers nobody before it is told to; every third call then fails, in one of three ways. */
function lateUpstream() {
  let open = () => {};
  let gate = new Promise<void>((resolve) => (open = resolve));
  const calls = { sent: 0, open: 0 };
  const upstream: Upstream = {
    async send(_endpoint, { body }) {
      const nth = calls.sent++;
      calls.open++;
      await gate;
      calls.open--;
      if (nth % 9 === 0) throw new TypeError('terminated');
      const stream = (JSON.parse(new TextDecoder().decode(body)) as { stream?: boolean }).stream === true;
      const status = nth % 9 === 3 ? 500 : nth % 9 === 6 ? 429 : 200;
      const type = stream && status === 200 ? 'text/event-stream' : 'application/json';
      const text = status === 200 ? answerText(stream) : '{"error":{"message":"no"}}';
      return {
        status,
        headers: new Headers({ 'content-type': type }),
        body: (async function* () {
          yield encoder.encode(text);
        })(),
      };
    },
  };
  return {
    upstream,
    calls,
    /** Answers all who wait; those who come later wait again. */
    answer: () => {
      open();
      gate = new Promise((resolve) => (open = resolve));
    },
  };
}

const turns = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 1_000 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe.each<[string, () => Promise<StateStore>, boolean]>([
  ['memoryStore', async () => memoryStore({ now: () => NOW }), false],
  [
    'openJournal',
    async () => {
      folders.push(mkdtempSync(join(tmpdir(), 'gateway-budgets-')));
      return openJournal(folders.at(-1)!, { now: () => NOW });
    },
    true,
  ],
])('a budget of 100 dollars in %s', (_, openStore, lasts) => {
  it('is never passed by 400 requests of one dollar at a time, and gets back what failed attempts held', async () => {
    const store = await openStore();
    const { upstream, calls, answer } = lateUpstream();
    // Faults of an endpoint would take it out of service, so each request names one of its own.
    const names = Array.from({ length: 800 }, (_, i) => `m${i}`);
    const candidates = names.map((id) => ({ id, model: id, price: PRICE }));
    const { gateway, ask } = openGateway(
      {
        endpoints: names.map((candidate) => ({ candidate, baseUrl: 'https://m.example/v1', wires: ['chat' as const] })),
        keys: [{ id: 'team', key: 'env:TEAM_A', budget: { dollars: 100 } }],
      },
      { store, upstream, routes: { default: listedRouter(candidates) } },
    );
    const headers = { authorization: `Bearer ${SECRETS['env:TEAM_A']}` };
    const statuses: number[] = [];
    const asking = (from: number) =>
      names.slice(from, from + 400).map(async (model, i) => {
        const response = await ask('chat', i % 2 === 0, { model, max_tokens: MAX_TOKENS }, { headers });
        await response.text();
        statuses.push(response.status);
      });
    const count = (status: number) => statuses.filter((one) => one === status).length;

    const first = asking(0);
    await turns(() => statuses.length === 300 && calls.open === 100);
    expect([calls.sent, calls.open, count(429)]).toEqual([100, 100, 300]);
    expect(await store.spent('key team', 'day')).toBeGreaterThan(99.5);
    expect(await store.spent('key team', 'day')).toBeLessThanOrEqual(100);
    answer();
    await Promise.all(first);
    // 34 failed, of which 11 were refused with 429; 66 took 70 cents each.
    expect([count(200), count(502), count(429)]).toEqual([66, 23, 311]);
    await settled(store, 46.2);

    statuses.length = 0;
    const second = asking(400);
    await turns(() => statuses.length === 400 - 53 && calls.open === 53);
    // 53.80 dollars are left, and a request holds a little less than one.
    expect([calls.sent - 100, calls.open]).toEqual([53, 53]);
    answer();
    await Promise.all(second);
    await gateway.close();
    const spent = await store.spent('key team', 'day');
    expect(spent).toBeCloseTo(46.2 + count(200) * 0.7, 9);
    expect(spent).toBeLessThanOrEqual(100);
    await store.close();
    if (!lasts) return;
    const again = await openJournal(folders.at(-1)!, { now: () => NOW });
    expect(await again.spent('key team', 'day')).toBe(spent);
    await again.close();
  });
});

/** Money is settled behind the answers. */
async function settled(store: StateStore, dollars: number): Promise<void> {
  let spent = NaN;
  for (let i = 0; i < 500 && !(Math.abs(spent - dollars) < 1e-9); i++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    spent = await store.spent('key team', 'day');
  }
  expect(spent).toBeCloseTo(dollars, 9);
}
