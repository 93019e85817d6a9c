import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointSchema } from '../contracts/endpoint.js';
import { SERVED_WIRES, type ServedWire } from '../contracts/wire.js';
import { createEventScanner, joinBytes } from '../sse/scanner.js';
import { manualClock } from '../testing/manual-clock.js';
import { RECORDINGS } from '../testing/recordings.js';
import { WIRES } from '../wire/formats.js';
import { attempt } from './attempt.js';
import { leavingOf } from './leaving.js';
import type { Call, Outcome } from './call.js';

const encoder = new TextEncoder();

function callOf(wire: ServedWire): Call {
  const settings = endpointSchema.parse({ candidate: 'a', baseUrl: 'https://llm.example/v1', wires: [wire] });
  return {
    candidate: { id: 'a', model: 'a' },
    endpoint: { ...settings, id: 'a', model: 'a' },
    format: WIRES[wire],
    stream: true,
    usageWanted: true,
    request: { url: new URL('https://llm.example/v1'), headers: {}, body: new Uint8Array() },
    secret: undefined,
    client: leavingOf(new AbortController().signal),
    promptTokens: 1,
    acceptEmpty: false,
  };
}

const sent = (wire: ServedWire, pieces: readonly Uint8Array[]): Promise<Outcome> =>
  attempt(callOf(wire), {
    clock: manualClock(),
    upstream: {
      send: async () => ({
        status: 200,
        headers: new Headers({ 'content-type': 'text/event-stream' }),
        body: (async function* () {
          for (const piece of pieces) yield piece;
        })(),
      }),
    },
  });

/** All that a client reads of a stream. */
async function delivered(outcome: Extract<Outcome, { kind: 'stream' }>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (let piece = await outcome.live.read(); piece; piece = await outcome.live.read()) pieces.push(piece);
  return new TextDecoder().decode(joinBytes(pieces));
}
function meaningsOf(wire: ServedWire, text: string) {
  const reader = WIRES[wire].openStream(true);
  return createEventScanner()
    .push(encoder.encode(text))
    .flatMap(({ event }) => (event ? [reader.read(event)] : []));
}
const inPieces = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const cuts = [...new Set([0, ...places.map((at) => at % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, i) => bytes.subarray(cuts[i], to));
};

describe.each(SERVED_WIRES)('whatever a server streams on %s', (wire) => {
  const { events } = RECORDINGS[wire];
  const error = WIRES[wire].errorEvent({ status: 500, code: 'x', message: 'y' });
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...events) },
    { weight: 1, arbitrary: fc.constantFrom(': ping\n\n', error, 'data: {"half\n\n', '\n\n', 'data: [DONE]\n\n') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  );
  const streams = fc.oneof(
    fc.array(part, { maxLength: 14 }),
    // A good stream up to some place, and something else from there.
    fc
      .tuple(fc.nat(events.length), fc.array(part, { maxLength: 3 }))
      .map(([n, rest]) => [...events.slice(0, n), ...rest]),
  );

  it('a client reads nothing, or content with exactly one end: a beginning of it as it came, and perhaps an error', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.array(fc.nat(), { maxLength: 12 }), async (parts, places) => {
        const text = parts.join('');
        const outcome = await sent(wire, inPieces(encoder.encode(text), places));
        if (outcome.kind !== 'stream') return outcome.kind === 'failed';
        const read = await delivered(outcome);
        const { fault } = await outcome.live.ended;
        const meanings = meaningsOf(wire, read);
        const ends = meanings.filter((meaning) => meaning === 'end' || meaning === 'error');
        expect(ends).toEqual([fault === undefined ? 'end' : 'error']);
        expect(meanings.at(-1)).toBe(ends[0]);
        const ours = fault === undefined && text.startsWith(read) ? '' : lastEvent(read);
        expect(text.startsWith(read.slice(0, read.length - ours.length))).toBe(true);
        return true;
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it('is the same for the client however it was cut into pieces, once there is content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(events.length), fc.array(fc.nat(), { maxLength: 12 }), async (n, places) => {
        const bytes = encoder.encode(events.slice(0, n).join(''));
        const ways = await Promise.all([
          sent(
            wire,
            events.slice(0, n).map((one) => encoder.encode(one)),
          ),
          sent(wire, inPieces(bytes, places)),
        ]);
        const read = ways.map(async (outcome) => (outcome.kind === 'stream' ? delivered(outcome) : outcome.kind));
        const [one, other] = await Promise.all(read);
        // A piece that holds both content and an early end is mended elsewhere, as nothing of it has gone out.
        if (other !== 'failed') expect(other).toBe(one);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

/** What stands last in a stream: an error of ours, or the end that the server left out. */
const lastEvent = (text: string): string => {
  const at = text.lastIndexOf('\n\n', text.length - 3);
  return text.slice(at < 0 ? 0 : at + 2);
};
