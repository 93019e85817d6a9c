import { describe, expect, it } from 'vitest';
import { decisionRecordSchema, type DecisionRecord } from '../contracts/record.js';
import { SERVED_WIRES, type ServedWire } from '../contracts/wire.js';
import { createEventScanner } from '../sse/scanner.js';
import { settle } from '../testing/manual-clock.js';
import type { Behaviour } from '../testing/misbehaving-upstream.js';
import { openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { recordedAnswer, RECORDINGS } from '../testing/recordings.js';
import { WIRES } from '../wire/formats.js';

/** Reads a body, moving the clock on while it makes no progress. */
async function read(response: Response, { clock }: OpenedGateway): Promise<string> {
  const text = response.text();
  let over = false;
  void text.then(() => (over = true));
  for (let i = 0; i < 20 && !over; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!over) await clock.advance(60_000);
  }
  return text;
}
/** Waits for a response, moving the clock on. */
async function answered(asking: Promise<Response>, { clock }: OpenedGateway): Promise<Response> {
  let over = false;
  void asking.then(() => (over = true));
  for (let i = 0; i < 40 && !over; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (!over) await clock.advance(60_000);
  }
  return asking;
}

/** What a client is sure of at the end of a stream. */
function readStream(wire: ServedWire, text: string) {
  const reader = WIRES[wire].openStream(true);
  const meanings = createEventScanner()
    .push(new TextEncoder().encode(text))
    .flatMap(({ event }) => (event ? [reader.read(event)] : []));
  return {
    terminal: meanings.filter((meaning) => meaning === 'end' || meaning === 'error'),
    last: meanings.at(-1),
    contents: meanings.filter((meaning) => meaning === 'content').length,
    writtenBytes: reader.state.writtenBytes,
  };
}

const OTHER = ['From', ' the', ' other', ' one.'];
const dollars = ({ uncachedInput, cacheRead, output }: { uncachedInput: number; cacheRead: number; output: number }) =>
  (uncachedInput + 0.1 * cacheRead + 10 * output) / 1e6;

const SILENT = (wire: ServedWire): Behaviour => ({ kind: 'good', said: recordedAnswer(wire, []) });
const nameOf = (behaviour: Behaviour): string =>
  behaviour.kind === 'good' ? 'no content' : JSON.stringify(behaviour).replace(/["{}]/g, '');

const beforeContent = (first: number, stream: boolean): Behaviour[] => [
  { kind: 'refuse', status: 429, headers: { 'retry-after': '7' } },
  { kind: 'refuse', status: 500, body: '<html>' },
  { kind: 'refuse', status: 401 },
  { kind: 'unreachable' },
  { kind: 'reset' },
  { kind: 'hang' },
  ...(['cut', 'break', 'stall', 'error', 'garble'] as const).flatMap((kind): Behaviour[] => [
    { kind, after: 0 },
    { kind, after: stream ? first : 1 },
  ]),
];

describe.each(SERVED_WIRES)('a server that misbehaves on %s', (wire) => {
  const { firstContent, events, answer, usage } = RECORDINGS[wire];
  const other = recordedAnswer(wire, OTHER);

  for (const stream of [true, false])
    it.each([...beforeContent(firstContent, stream), SILENT(wire)].map((one) => [nameOf(one), one] as const))(
      `before content is not seen by the client, ${stream ? 'streamed' : 'whole'}: %s`,
      async (_, behaviour) => {
        const opened = openGateway();
        const { upstream, gateway, store } = opened;
        upstream.script.set('a', [behaviour, behaviour]);
        upstream.script.set('b', [{ kind: 'good', said: other }]);
        const response = await answered(opened.ask(wire, stream, { stream_options: { include_usage: true } }), opened);
        expect(response.status).toBe(200);
        expect(response.headers.get('x-routeprofile-model')).toBe('b');
        const text = await read(response, opened);
        expect(text).toBe(stream ? other.events.join('') : JSON.stringify(other.answer));
        await gateway.close();
        await settle();
        // Nothing goes on at the first server, and nothing is tried twice but what could not be sent.
        expect(upstream.sent.every(({ over }) => over)).toBe(true);
        expect(upstream.sent).toHaveLength(behaviour.kind === 'unreachable' ? 3 : 2);
        const record = (await store.find('id-1'))!;
        expect(record).toMatchObject({ served: 'b', model: 'a', status: 200 });
        expect(record.attempts.at(-1)).toMatchObject({ candidate: 'b', usage });
        expect(record.attempts[0]!.fault).toBeDefined();
        expect(record.cost).toBeCloseTo(sumOf(record), 12);
      },
    );

  it.each<Behaviour>(
    (['cut', 'break', 'stall', 'error', 'garble'] as const).flatMap((kind) =>
      [1, 3, 5].map((words) => ({ kind, after: firstContent + words })),
    ),
  )('after content ends the stream with one error: %j', async (behaviour) => {
    const opened = openGateway();
    opened.upstream.script.set('a', [behaviour]);
    const response = await answered(opened.ask(wire, true, { stream_options: { include_usage: true } }), opened);
    const text = await read(response, opened);
    const words = 'after' in behaviour ? behaviour.after - firstContent : 0;
    expect(text.startsWith(events.slice(0, firstContent + words).join(''))).toBe(true);
    const seen = readStream(wire, text);
    expect(seen).toMatchObject({ terminal: ['error'], last: 'error', contents: words });
    expect(text).not.toContain('0123456789');
    await opened.gateway.close();
    expect(opened.upstream.sent.map(({ endpoint }) => endpoint)).toEqual(['a']);
    // What is charged is what was delivered.
    const record = (await opened.store.find('id-1'))!;
    expect(record.attempts[0]!.usage).toMatchObject({ output: Math.ceil(seen.writtenBytes / 4), estimated: true });
    expect(record).toMatchObject({ served: 'a', status: 200, cost: sumOf(record) });
  });

  it('that is good is passed on with one end, and charged as it says', async () => {
    for (const stream of [true, false]) {
      const opened = openGateway();
      const response = await opened.ask(wire, stream, { stream_options: { include_usage: true } });
      const text = await read(response, opened);
      expect(text).toBe(stream ? events.join('') : JSON.stringify(answer));
      if (stream) expect(readStream(wire, text)).toMatchObject({ terminal: ['end'], last: 'end', contents: 5 });
      await opened.gateway.close();
      // The connection was read to its end, so that it can be used again.
      expect(opened.upstream.sent).toMatchObject([{ over: true, aborted: false }]);
      const record = await opened.store.find('id-1');
      expect(decisionRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
      expect(record).toMatchObject({ served: 'a', attempts: [{ usage }] });
      expect(record?.cost).toBeCloseTo(dollars(usage), 12);
    }
  });

  it('leaves the client with an error of its wire when there is nobody else', async () => {
    for (const stream of [true, false])
      for (const behaviour of beforeContent(firstContent, stream)) {
        const opened = openGateway();
        for (const id of ['a', 'b']) opened.upstream.script.set(id, [behaviour, behaviour]);
        const response = await answered(opened.ask(wire, stream), opened);
        expect([429, 502, 503, 504]).toContain(response.status);
        expect(response.headers.get('x-should-retry')).toBe('false');
        const text = await read(response, opened);
        expect(WIRES[wire].openStream(true).read({ name: 'error', data: text })).toBe('error');
        await opened.gateway.close();
        const record = await opened.store.find('id-1');
        expect(record).toMatchObject({ served: null, status: response.status });
        // Neither the endpoints' key nor what was asked is anywhere.
        const said = JSON.stringify([text, [...response.headers], record, opened.warnings]);
        expect(said).not.toMatch(/0123456789|17 \* 3/);
      }
  });

  it('is left alone once the client leaves, streamed or not, and is not blamed for it', async () => {
    for (const stream of [true, false]) {
      const opened = openGateway();
      const client = new AbortController();
      opened.upstream.script.set('a', [{ kind: 'hang' }]);
      const asking = opened.ask(wire, stream, {}, { signal: client.signal });
      await new Promise((resolve) => setTimeout(resolve, 5));
      client.abort();
      expect((await asking).status).toBe(499);
      await opened.gateway.close();
      expect(opened.upstream.sent.map(({ endpoint, aborted }) => [endpoint, aborted])).toEqual([['a', true]]);
      expect(await opened.store.find('id-1')).toMatchObject({
        served: null,
        status: 499,
        attempts: [{ fault: 'client-gone' }],
      });
    }
    const opened = openGateway();
    opened.upstream.script.set('a', [{ kind: 'stall', after: firstContent + 1 }]);
    const response = await opened.ask(wire, true);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await opened.gateway.close();
    expect(opened.upstream.sent[0]!.aborted).toBe(true);
    expect(await opened.store.find('id-1')).toMatchObject({ served: 'a', status: 499 });
  });
});

/** Dollars of all attempts, computed anew. */
const sumOf = ({ attempts }: DecisionRecord): number =>
  attempts.reduce((sum, { usage }) => sum + (usage ? dollars(usage) : 0), 0);
