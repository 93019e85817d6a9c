import { readFileSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  misbehaving,
  openStandInModels,
  type Misbehaviour,
  type StandInModels,
  type StandInOptions,
} from '@routeprofile/providers/testing';
import { openJournal, type Journal } from '../journal/journal.js';
import { standInModel, temporaryFolder } from '../testing/stand-ins.js';
import { askAll } from './ask-all.js';
import { createAsker, type AskerOptions, type Call } from './asker.js';
import { boundOf, type PaidModel } from './models.js';

const delays = { firstDelay: 1, maximumDelay: 20 };
const ctx = { seed: 1 };
let folder: ReturnType<typeof temporaryFolder>;
let server: StandInModels | undefined;
let journals: Journal[] = [];
beforeEach(() => (folder = temporaryFolder()));
afterEach(async () => {
  for (const journal of journals) await journal.close();
  journals = [];
  await server?.close();
  folder.remove();
});
const path = () => join(folder.path, 'answers.jsonl');
async function open(): Promise<Journal> {
  const journal = await openJournal(path());
  journals.push(journal);
  return journal;
}
async function reopen(): Promise<Journal> {
  await journals.pop()?.close();
  return open();
}
async function serve(options: StandInOptions = {}): Promise<StandInModels> {
  return (server = await openStandInModels({ slowness: 3000, ...options }));
}
const calls = (model: PaidModel, count: number): Call[] =>
  Array.from({ length: count }, (_, i) => ({
    model,
    query: `q${i}`,
    messages: [{ role: 'user', content: `question number ${i}` }],
  }));
const asking = (journal: Journal, models: PaidModel[], more: Partial<AskerOptions> = {}, context: object = ctx) =>
  createAsker({ journal, models, retries: 3, delays, ...more }, { ...ctx, ...context });
const lines = () =>
  readFileSync(path(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; fault?: string; charged?: number });

describe('asking', () => {
  it('writes every call down before it is sent and every answer before the next question', async () => {
    const model = standInModel(await serve(), 'toy', { concurrency: 1 });
    const replies = await askAll(asking(await open(), [model]), calls(model, 3), ctx);
    expect(replies.map((reply) => 'answer' in reply && [reply.answer.query, reply.answer.text, reply.kept])).toEqual([
      ['q0', 'toy says 17', false],
      ['q1', 'toy says 17', false],
      ['q2', 'toy says 17', false],
    ]);
    expect(lines().map(({ type }) => type)).toEqual(Array.from({ length: 3 }, () => ['started', 'answered']).flat());
    // 17 characters are 9 tokens here, the answer 3.
    expect(lines()[1]).toMatchObject({ cost: 0.012, charged: 0.012, usage: { uncachedInput: 9, output: 3 } });
  });

  it('asks nothing twice that is in the journal', async () => {
    const model = standInModel(await serve());
    await askAll(asking(await open(), [model]), calls(model, 4), ctx);
    const again = await askAll(asking(await reopen(), [model]), calls(model, 6), ctx);
    expect(server!.requests).toHaveLength(6);
    expect(again.map((reply) => 'answer' in reply && reply.kept)).toEqual([true, true, true, true, false, false]);
  });

  it('asks equal questions once, also at the same time', async () => {
    const model = standInModel(await serve({ latency: 20 }));
    const asker = asking(await open(), [model]);
    const [call] = calls(model, 1);
    await Promise.all([asker.ask(call!), asker.ask({ ...call!, query: 'other' }), asker.ask(call!)]);
    expect(server!.paid).toHaveLength(1);
  });

  it.each<[Misbehaviour, number]>([
    ['busy', 0],
    ['broken', 0],
    // 9 tokens read, 1 written.
    ['empty', 0.01],
    // The bound: 17 bytes + 16 + 64, and 20 tokens.
    ['cut-short', 0.117],
    ['not-json', 0.117],
    ['hangs-up', 0.117],
    ['slow', 0.117],
  ])('tries again after %s, and charges what that can have cost', async (fault, charged) => {
    const model = standInModel(await serve({ fails: ({ before }) => (before === 0 ? fault : undefined) }));
    const journal = await open();
    const reply = await asking(journal, [model]).ask(calls(model, 1)[0]!);
    expect('answer' in reply).toBe(true);
    expect(lines().map(({ type }) => type)).toEqual(['started', 'failed', 'started', 'answered']);
    expect(lines()[1]!.charged).toBeCloseTo(charged, 12);
    expect(journal.spent).toBeCloseTo(charged + 0.012, 12);
  });

  it('charges nothing where there is no server', async () => {
    const model = standInModel(await serve());
    await server!.close();
    const journal = await open();
    const reply = await asking(journal, [model], { budget: 0.2 }).ask(calls(model, 1)[0]!);
    expect(reply).toMatchObject({ failed: 'connection' });
    expect(journal.spent).toBe(0);
  });

  it('gives a repeated call the same idempotency key until an answer came', async () => {
    const keys: unknown[] = [];
    const faults: Misbehaviour[] = ['hangs-up', 'empty'];
    const model = standInModel(await serve({ fails: ({ before }) => faults[before] }));
    const { standard } = server!;
    server!.standard = (body, response, request) => {
      keys.push(request.headers['idempotency-key']);
      return standard(body, response, request);
    };
    await asking(await open(), [model]).ask(calls(model, 1)[0]!);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[1]).not.toBe(keys[2]);
  });

  it('stops asking a server that refuses the key, and one that is down', async () => {
    const refusing = standInModel(await serve({ fails: () => 'refused-key' }), 'toy', { concurrency: 1 });
    const replies = await askAll(asking(await open(), [refusing]), calls(refusing, 30), ctx);
    expect(server!.requests).toHaveLength(3);
    expect(replies.slice(3).every((reply) => 'failed' in reply && reply.failed === 'given-up')).toBe(true);
    await server!.close();
    const down = standInModel(await serve({ fails: () => 'broken' }), 'down', { concurrency: 1 });
    await askAll(asking(await reopen(), [down]), calls(down, 30), ctx);
    // 10 questions with 3 retries each, and those that were under way.
    expect(server!.requests.length).toBeLessThan(60);
  });

  it('asks a failed call again in the next run', async () => {
    let broken = true;
    const model = standInModel(await serve({ fails: () => (broken ? 'refused-key' : undefined) }));
    const first = await asking(await open(), [model]).ask(calls(model, 1)[0]!);
    expect(first).toMatchObject({ failed: 'refused-key' });
    broken = false;
    expect(await asking(await reopen(), [model]).ask(calls(model, 1)[0]!)).toMatchObject({ kept: false });
  });

  it('waits as long as Retry-After says, all calls of the endpoint', async () => {
    const model = standInModel(
      await serve({
        retryAfter: 300,
        fails: ({ before, prompt }) => (before === 0 && prompt.endsWith(' 0') ? 'busy' : undefined),
      }),
      'toy',
      { concurrency: 1 },
    );
    const begun = performance.now();
    await askAll(asking(await open(), [model]), calls(model, 2), ctx);
    expect(performance.now() - begun).toBeGreaterThan(290);
    expect(server!.requests).toHaveLength(3);
  });

  it('does not wait for days, and says until when to wait', async () => {
    const model = standInModel(await serve({ retryAfter: 60 * 86_400_000, fails: () => 'busy' }), 'toy');
    const replies = await askAll(asking(await open(), [model]), calls(model, 20), ctx);
    expect(replies[0]).toMatchObject({
      failed: 'rate-limited',
      message: expect.stringContaining('it asks to wait for 1,440 hours: start again then') as string,
    });
    expect(server!.requests.length).toBeLessThan(20);
    expect(replies.at(-1)).toMatchObject({ failed: 'given-up' });
  });

  it('stops when asked to; what was in flight counts at its bound', async () => {
    const model = standInModel(await serve({ latency: 5000 }), 'toy', { timeout: 10, concurrency: 2 });
    const controller = new AbortController();
    const context = { signal: controller.signal };
    const asker = asking(await open(), [model], {}, context);
    const running = askAll(asker, calls(model, 5), { ...ctx, ...context });
    while (server!.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    const { lost } = await reopen();
    expect(lost.calls).toBe(2);
    expect(lost.dollars).toBeCloseTo(2 * 0.117, 12);
  });
});

describe('the budget', () => {
  it('is never passed, whatever fails, and is used as far as it goes', async () => {
    const model = standInModel(await serve({ fails: misbehaving(0.3, 3), latency: 2 }), 'toy', { concurrency: 8 });
    const journal = await open();
    const asker = asking(journal, [model], { budget: 1.5, retries: 5 });
    const replies = await askAll(asker, calls(model, 150), ctx);
    const unpaid = replies.filter((reply) => 'failed' in reply && reply.failed === 'over-budget').length;
    expect(unpaid).toBeGreaterThan(0);
    expect(journal.spent).toBeLessThanOrEqual(1.5);
    expect(journal.spent).toBeGreaterThan(1.5 - 2 * boundOf(model, calls(model, 1)[0]!.messages));
    const { input, output } = server!.tokens;
    expect(((input + output) * 1000) / 1e6).toBeLessThanOrEqual(journal.spent + 1e-9);
  });

  it('counts over all runs of a folder', async () => {
    const model = standInModel(await serve(), 'toy', { concurrency: 1 });
    await askAll(asking(await open(), [model], { budget: 0.2 }), calls(model, 100), ctx);
    const asked = server!.requests.length;
    await askAll(asking(await reopen(), [model], { budget: 0.2 }), calls(model, 100), ctx);
    expect(asked).toBeGreaterThan(3);
    expect(server!.requests).toHaveLength(asked);
  });

  it('needs prices', async () => {
    const model = standInModel(await serve(), 'toy', { price: undefined });
    const journal = await open();
    expect(() => asking(journal, [model], { budget: 1 })).toThrow(/needs the price of every model.*toy/);
    expect(() => asking(journal, [model])).not.toThrow();
  });
});

describe('the journal', () => {
  it('drops a torn last line and says so; keeps one that lacks only its line break', async () => {
    const model = standInModel(await serve());
    await askAll(asking(await open(), [model]), calls(model, 2), ctx);
    await journals.pop()!.close();
    const whole = readFileSync(path(), 'utf8');
    writeFileSync(path(), whole.slice(0, -1));
    let journal = await open();
    expect([journal.warnings, [...journal.answers()].length]).toEqual([[], 2]);
    await journals.pop()!.close();
    appendFileSync(path(), '{"type":"answered","key":"x","te');
    journal = await open();
    expect(journal.warnings).toEqual([expect.stringMatching(/answers\.jsonl: the last line was cut off \(32 bytes\)/)]);
    expect(readFileSync(path(), 'utf8')).toBe(whole);
  });

  it('refuses a damaged line before the last, naming it', async () => {
    writeFileSync(path(), '{"type":"answered"}\n{"type":"started"}\n');
    await expect(open()).rejects.toMatchObject({ code: 'BAD_INPUT', message: /answers\.jsonl: line 1/ });
  });

  it('is written by one process at a time', async () => {
    await open();
    await expect(openJournal(path())).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await journals.pop()!.close();
    // Process numbers end far below.
    writeFileSync(`${path()}.lock`, '99999999\n');
    await open();
  });
});
