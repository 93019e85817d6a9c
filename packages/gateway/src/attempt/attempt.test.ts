import { beforeEach, describe, expect, it } from 'vitest';
import { endpointSchema } from '../contracts/endpoint.js';
import type { Fault } from '../contracts/fault.js';
import { SERVED_WIRES, type ServedWire } from '../contracts/wire.js';
import { joinBytes } from '../sse/scanner.js';
import { manualClock, settle, type ManualClock } from '../testing/manual-clock.js';
import { misbehavingUpstream, type Behaviour, type MisbehavingUpstream } from '../testing/misbehaving-upstream.js';
import { recordedAnswer, RECORDINGS } from '../testing/recordings.js';
import { WIRES } from '../wire/formats.js';
import { attempt } from './attempt.js';
import { leavingOf } from './leaving.js';
import type { Call, LiveStream, Outcome } from './call.js';

let clock: ManualClock;
let upstream: MisbehavingUpstream;
let client: AbortController;
beforeEach(() => {
  clock = manualClock();
  upstream = misbehavingUpstream();
  client = new AbortController();
});

function callOf(wire: ServedWire, stream: boolean, more: Partial<Call> = {}): Call {
  const endpoint = {
    ...endpointSchema.parse({ candidate: 'a', baseUrl: 'https://llm.example/v1', wires: [wire] }),
    id: 'a1',
    model: 'a',
  };
  const format = WIRES[wire];
  return {
    candidate: { id: 'a', model: 'a' },
    endpoint,
    format,
    stream,
    usageWanted: true,
    request: {
      url: new URL(`https://llm.example/v1/${format.path}`),
      headers: {},
      body: new TextEncoder().encode(JSON.stringify({ ...RECORDINGS[wire].request, stream })),
    },
    secret: 'sk-upstream-0123456789',
    client: leavingOf(client.signal),
    promptTokens: 40,
    acceptEmpty: false,
    ...more,
  };
}
const run = (behaviour: Behaviour, wire: ServedWire, stream: boolean, more: Partial<Call> = {}): Promise<Outcome> => {
  upstream.script.set('a1', [behaviour]);
  return attempt(callOf(wire, stream, more), { upstream, clock });
};
const late = async (outcome: Promise<Outcome>, milliseconds: number): Promise<Outcome> => {
  await clock.advance(milliseconds);
  return outcome;
};
async function all(live: LiveStream): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (let piece = await live.read(); piece !== undefined; piece = await live.read()) pieces.push(piece);
  return new TextDecoder().decode(joinBytes(pieces));
}
const liveOf = (outcome: Outcome): LiveStream => {
  if (outcome.kind !== 'stream') throw new Error(`not a stream: ${JSON.stringify(outcome)}`);
  return outcome.live;
};

describe.each(SERVED_WIRES)('an attempt on %s', (wire) => {
  const { events, answer, usage, firstContent } = RECORDINGS[wire];

  it('passes a stream on byte for byte, however it is cut', async () => {
    for (const bytes of [undefined, 1, 7, 100_000]) {
      upstream.pieceBytes = bytes;
      const live = liveOf(await run({ kind: 'good' }, wire, true));
      expect(await all(live)).toBe(events.join(''));
      expect(await live.ended).toMatchObject({ endpoint: 'a1', candidate: 'a', status: 200, usage });
      expect((await live.ended).fault).toBeUndefined();
    }
  });

  it('passes an answer on byte for byte', async () => {
    const outcome = await run({ kind: 'good' }, wire, false);
    expect(outcome).toMatchObject({ kind: 'whole', attempt: { status: 200, usage } });
    expect(outcome.kind === 'whole' && outcome.body).toBe(JSON.stringify(answer));
    // What is not UTF-8, or begins with a byte order mark, would not come out of a text as it went in.
    const exact = new TextEncoder().encode(JSON.stringify(answer));
    const odd = [joinBytes([Uint8Array.of(0xef, 0xbb, 0xbf), exact]), exact.with(exact.indexOf(0x69), 0xff)];
    for (const bytes of odd) {
      const body = (async function* () {
        yield bytes;
      })();
      const send = async () => ({ status: 200, headers: new Headers({ 'content-type': 'application/json' }), body });
      const sent = await attempt(callOf(wire, false), { upstream: { send }, clock });
      expect(sent).toMatchObject({ kind: 'whole', body: bytes });
    }
  });

  const silent = recordedAnswer(wire, []);
  it.each<[Behaviour, Fault, number | undefined]>([
    [{ kind: 'refuse', status: 429 }, 'rate-limited', undefined],
    [{ kind: 'refuse', status: 500 }, 'overloaded', undefined],
    [{ kind: 'refuse', status: 500, body: '' }, 'server', undefined],
    [{ kind: 'refuse', status: 401, body: '' }, 'auth', undefined],
    [{ kind: 'unreachable' }, 'connect', undefined],
    [{ kind: 'reset' }, 'connect', undefined],
    [{ kind: 'error', after: 0 }, 'overloaded', undefined],
    [{ kind: 'error', after: firstContent }, 'overloaded', undefined],
    [{ kind: 'garble', after: 0 }, 'malformed', 40],
    [{ kind: 'good', said: silent }, 'empty', 20],
  ])('fails before content, streamed or not, with %j: %s', async (behaviour, fault, input) => {
    for (const stream of [true, false]) {
      const outcome = await run(behaviour, wire, stream);
      expect(outcome).toMatchObject({ kind: 'failed', attempt: { fault } });
      if (outcome.kind !== 'failed') continue;
      const { usage: taken } = outcome.attempt;
      const read = taken && taken.uncachedInput + taken.cacheRead;
      // Where the first event has counts, they are the server's.
      if (behaviour.kind !== 'error') expect(read).toBe(input);
      expect(outcome.unsent).toBe(behaviour.kind === 'unreachable' ? true : undefined);
      expect(JSON.stringify(outcome)).not.toContain('0123456789');
    }
  });

  it('fails where a body ends early', async () => {
    for (const after of [0, firstContent])
      for (const kind of ['cut', 'break'] as const) {
        expect(await run({ kind, after }, wire, true)).toMatchObject({ kind: 'failed', attempt: { fault: 'cut' } });
      }
    expect(await run({ kind: 'cut', after: 1 }, wire, false)).toMatchObject({ attempt: { fault: 'malformed' } });
    expect(await run({ kind: 'break', after: 1 }, wire, false)).toMatchObject({ attempt: { fault: 'cut' } });
  });

  it('gives up in time, and ends the call', async () => {
    for (const [stream, limit] of [
      [true, 120_000],
      [false, 600_000],
    ] as const)
      for (const behaviour of [{ kind: 'hang' }, { kind: 'stall', after: stream ? firstContent : 1 }] as const) {
        const outcome = run(behaviour, wire, stream);
        let over = false;
        void outcome.then(() => (over = true));
        await clock.advance(limit - 1);
        expect(over).toBe(false);
        expect(await late(outcome, 1)).toMatchObject({
          kind: 'failed',
          attempt: { fault: 'first-byte', totalMs: limit },
        });
        await settle();
        expect(upstream.sent.at(-1)!.aborted).toBe(true);
        expect(clock.waiting).toBe(0);
      }
  });

  it.each<[Behaviour, Fault]>([
    [{ kind: 'cut', after: firstContent + 2 }, 'cut'],
    [{ kind: 'break', after: firstContent + 2 }, 'cut'],
    [{ kind: 'error', after: firstContent + 2 }, 'overloaded'],
    [{ kind: 'garble', after: firstContent + 2 }, 'malformed'],
  ])('ends with one error event, no key in it, after content with %j', async (behaviour, fault) => {
    const live = liveOf(await run(behaviour, wire, true));
    const text = await all(live);
    const before = events.slice(0, firstContent + 2).join('');
    expect(text.startsWith(before)).toBe(true);
    const last = text.slice(before.length);
    const reader = WIRES[wire].openStream(true);
    const data = last.slice(last.indexOf('data: ') + 6).trim();
    expect(reader.read({ name: '', data })).toBe('error');
    expect(last).not.toContain('0123456789');
    const ended = await live.ended;
    expect(ended.fault).toBe(fault);
    // Two words were delivered: fifteen bytes.
    expect(ended.usage).toMatchObject({ output: 4, estimated: true });
  });

  it('is not kept waiting by signs of life without content', async () => {
    const alive = (signal: AbortSignal) =>
      (async function* () {
        while (!signal.aborted) {
          yield new TextEncoder().encode(': still here\n\n');
          await new Promise<void>((resolve) => clock.after(10_000, resolve));
        }
      })();
    const call = callOf(wire, true);
    const outcome = attempt(call, {
      clock,
      upstream: {
        send: async (_, __, { signal }) => ({
          status: 200,
          headers: new Headers({ 'content-type': 'text/event-stream' }),
          body: alive(signal),
        }),
      },
    });
    expect(await late(outcome, 120_000)).toMatchObject({ attempt: { fault: 'first-byte', totalMs: 120_000 } });
  });

  it('ends with an error event where a stream stands still', async () => {
    const live = liveOf(await run({ kind: 'stall', after: firstContent + 1 }, wire, true));
    const text = all(live);
    await clock.advance(59_999);
    expect(upstream.sent[0]!.aborted).toBe(false);
    await clock.advance(1);
    expect(await text).toContain('upstream_idle');
    expect(await live.ended).toMatchObject({ fault: 'idle' });
    await settle();
    expect([upstream.sent[0]!.aborted, clock.waiting]).toEqual([true, 0]);
  });

  it('does not hurry a client that takes its time', async () => {
    const live = liveOf(await run({ kind: 'good' }, wire, true));
    await live.read();
    await clock.advance(1e7);
    await live.read();
    await clock.advance(1e7);
    await all(live);
    expect((await live.ended).fault).toBeUndefined();
  });

  it('ends the call when the client leaves, at whatever stage', async () => {
    const gone = { kind: 'failed', attempt: { fault: 'client-gone' } };
    const hanging = run({ kind: 'hang' }, wire, true);
    await settle();
    client.abort();
    expect(await hanging).toMatchObject(gone);
    await settle();
    expect(upstream.sent[0]!.aborted).toBe(true);

    client = new AbortController();
    const live = liveOf(await run({ kind: 'stall', after: firstContent + 1 }, wire, true));
    await live.read();
    const waiting = live.read();
    client.abort();
    expect(await waiting).toBeUndefined();
    expect(await live.ended).toMatchObject({ fault: 'client-gone', usage: { output: 3 } });
    await settle();
    expect([upstream.sent[1]!.aborted, clock.waiting]).toEqual([true, 0]);
  });

  it('passes on an answer without content where another endpoint gave none either', async () => {
    const live = liveOf(await run({ kind: 'good', said: silent }, wire, true, { acceptEmpty: true }));
    expect(await all(live)).toBe(silent.events.join(''));
    expect(await run({ kind: 'good', said: silent }, wire, false, { acceptEmpty: true })).toMatchObject({
      kind: 'whole',
    });
  });
});

describe('a chat stream without [DONE]', () => {
  it('is given it once all choices have finished, and is cut otherwise', async () => {
    const { events } = RECORDINGS.chat;
    const said = { events: events.slice(0, -1), answer: {} };
    const live = liveOf(await run({ kind: 'good', said }, 'chat', true));
    expect(await all(live)).toBe(events.join(''));
    expect((await live.ended).fault).toBeUndefined();
    const cut = liveOf(await run({ kind: 'good', said: { ...said, events: events.slice(0, 4) } }, 'chat', true));
    expect(await all(cut)).toContain('upstream_cut');
  });
});

describe('a refusal', () => {
  it('keeps what the server says, without the key', async () => {
    const body = JSON.stringify({ error: { message: 'prompt is too long; key sk-upstream-0123456789' } });
    const outcome = await run({ kind: 'refuse', status: 400, body, headers: { 'retry-after': '3' } }, 'chat', true);
    expect(outcome).toMatchObject({
      kind: 'failed',
      attempt: { fault: 'context-window', status: 400, retryAfterMs: 3_000 },
      refusal: { status: 400, message: 'prompt is too long; key ***' },
    });
  });
});
