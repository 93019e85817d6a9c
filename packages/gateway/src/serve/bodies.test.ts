import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openGateway } from '../testing/open-gateway.js';
import { RECORDINGS } from '../testing/recordings.js';
import { post } from '../testing/requests.js';

describe('bodies', () => {
  const chat = (body: Parameters<typeof post>[1], headers?: Record<string, string>) =>
    post('/v1/chat/completions', body, headers);
  const request = JSON.stringify(RECORDINGS.chat.request);

  it.each<[string, () => Request, number]>([
    ['nothing', () => chat(''), 400],
    ['of another type', () => chat(request, { 'content-type': 'text/plain' }), 415],
    ['of a type by JSON', () => chat(request, { 'content-type': 'application/x+json; charset=utf-8' }), 200],
    ['half of one', () => chat('{"model": '), 400],
    ['a list', () => chat('[]'), 400],
    ['bytes that are not UTF-8', () => chat(Uint8Array.of(0x22, 0xff, 0x22)), 400],
    ['too many bytes', () => chat(JSON.stringify({ model: 'x'.repeat(2_000) })), 413],
    ['more bytes than it says', () => chat('x'.repeat(2_000), { 'content-length': '5' }), 413],
    ['packed', () => chat(gzipSync(request), { 'content-encoding': 'gzip' }), 200],
    ['packed to burst', () => chat(gzipSync(' '.repeat(100_000)), { 'content-encoding': 'gzip' }), 413],
    ['not packed as it says', () => chat(request, { 'content-encoding': 'gzip' }), 400],
    ['packed in another way', () => chat(request, { 'content-encoding': 'br' }), 415],
  ])('that are %s', async (_, of, status) => {
    const { gateway } = openGateway({ limits: { bodyBytes: 1_000, inflatedBytes: 50_000 } });
    expect((await gateway.fetch(of())).status).toBe(status);
  });

  it('that break off are the client’s matter', async () => {
    const { gateway, warnings } = openGateway();
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
    const init = {
      method: 'POST',
      body: broken,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as const;
    const response = await gateway.fetch(new Request('http://gateway.example/v1/messages', init));
    expect([response.status, warnings]).toEqual([400, []]);
  });

  it('may be nested and long without end', async () => {
    const { ask } = openGateway();
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect((await ask('chat', false, { metadata: 1, x: 'y'.repeat(1e6) })).status).toBe(200);
    const { gateway } = openGateway();
    const body = `{"model":"auto","messages":${deep}}`;
    expect((await gateway.fetch(chat(body))).status).toBe(200);
  });
});
