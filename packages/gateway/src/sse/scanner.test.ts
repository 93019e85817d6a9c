import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventScanner, joinBytes, type ServerSentEvent } from './scanner.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The events of a stream that comes in these pieces, and its bytes put together again. */
function scan(pieces: readonly Uint8Array[], limit?: number): { events: ServerSentEvent[]; bytes: Uint8Array } {
  const scanner = createEventScanner(limit);
  const frames = pieces.flatMap((piece) => scanner.push(piece));
  return {
    events: frames.flatMap(({ event }) => event ?? []),
    bytes: joinBytes([...frames.map(({ bytes }) => bytes), scanner.rest()]),
  };
}
const eventsOf = (text: string) => scan([bytesOf(text)]).events;

describe('createEventScanner', () => {
  it.each<[string, string, ServerSentEvent[]]>([
    ['data alone', 'data: a\n\n', [{ name: '', data: 'a' }]],
    ['no blank behind the colon, CRLF', 'data:a\r\n\r\n', [{ name: '', data: 'a' }]],
    ['lone CR', 'event: x\rdata: a\r\r', [{ name: 'x', data: 'a' }]],
    ['several lines', 'data: a\ndata:  b\n\n', [{ name: '', data: 'a\n b' }]],
    ['names, ids and unknown fields', 'id: 7\nevent: e\nretry: 1\ndata: a\n\n', [{ name: 'e', data: 'a' }]],
    ['comments', ': ping\n\ndata: a\n\n: ping\n\n', [{ name: '', data: 'a' }]],
    ['a name without data', 'event: e\n\n', []],
    ['blank lines', '\n\n\ndata: a\n\n\n', [{ name: '', data: 'a' }]],
    ['an event that has no end', 'data: a\n\ndata: b\n', [{ name: '', data: 'a' }]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ name: '', data: 'a' }]],
    ['characters of several bytes', 'data: Köln 👋\n\n', [{ name: '', data: 'Köln 👋' }]],
  ])('reads %s', (_, text, events) => {
    expect(eventsOf(text)).toEqual(events);
  });

  it('gives the bytes of each event as soon as its blank line is there', () => {
    const scanner = createEventScanner();
    expect(scanner.push(bytesOf('data: a\n'))).toEqual([]);
    expect(scanner.push(bytesOf('\ndata')).map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([
      'data: a\n\n',
    ]);
    expect(new TextDecoder().decode(scanner.rest())).toBe('data');
  });

  it('refuses an event longer than the limit, in one piece or many', () => {
    const text = bytesOf(`data: ${'x'.repeat(100)}\n\n`);
    expect(() => scan([text], 50)).toThrow('more than 50 bytes');
    expect(() =>
      scan(
        Array.from(text, (byte) => Uint8Array.of(byte)),
        50,
      ),
    ).toThrow('more than 50 bytes');
    expect(scan([text], text.length).events).toHaveLength(1);
  });

  const line = fc.oneof(
    fc.constantFrom('data: ', 'data', 'event: e', ': comment', 'data:', '', '', 'id: 1'),
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text}`),
  );
  const stream = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
    .map((lines) => bytesOf(lines.flat().join('')));

  it('reads the same events, and gives the same bytes, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.oneof(stream, fc.uint8Array({ maxLength: 60 })), fc.array(fc.nat(200)), (bytes, places) => {
        const cuts = [...new Set([0, ...places.filter((at) => at < bytes.length), bytes.length])].sort((a, b) => a - b);
        const pieces = cuts.slice(1).map((to, i) => bytes.subarray(cuts[i], to));
        const whole = scan([bytes]);
        expect(whole.bytes).toEqual(bytes);
        expect(scan(pieces)).toEqual(whole);
        expect(scan(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });
});
