// Clients of embeddings that people really use, over a real connection.
import type { Candidate } from '@routeprofile/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpstreamRequest } from '../contracts/upstream.js';
import { EVERY_EMBEDDER } from '../testing/clients/embedders.js';
import { listedRouter, openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { settle } from '../testing/manual-clock.js';
import { listen, type Listening } from './listen.js';

const candidates = ['small', 'large'].map((id): Candidate => ({
  id,
  model: `model-${id}`,
  price: { input: 2, output: 0 },
}));

/** What a server says of a text: numbers that float32 holds exactly. */
const vectorOf = (text: string): number[] => [text.length, -0.5, 2 ** -20];
const asBase64 = (vector: readonly number[]): string =>
  Buffer.from(Float32Array.from(vector).buffer).toString('base64');

/** An answer of OpenAI's API, base64 where it was asked for. */
function answerTo(body: Record<string, unknown>): object {
  const texts = [body['input']].flat() as string[];
  const data = texts.map((text, index) => {
    const vector = vectorOf(text);
    return { object: 'embedding', index, embedding: body['encoding_format'] === 'base64' ? asBase64(vector) : vector };
  });
  return { object: 'list', model: 'model-1', data, usage: { prompt_tokens: 7, total_tokens: 7 } };
}

let opened: OpenedGateway;
let listening: Listening;
let sent: { endpoint: string; body: Record<string, unknown> }[];
let down: Set<string>;
beforeEach(async () => {
  sent = [];
  down = new Set();
  const send = async ({ id }: { id: string }, { body }: UpstreamRequest) => {
    const asked = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    sent.push({ endpoint: id, body: asked });
    const answer = new TextEncoder().encode(JSON.stringify(down.has(id) ? {} : answerTo(asked)));
    return {
      status: down.has(id) ? 503 : 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: (async function* () {
        yield answer;
      })(),
    };
  };
  const endpoints = candidates.map(({ id }) => ({
    ...{ id, candidate: id, baseUrl: `https://${id}.example/v1`, wires: ['embeddings' as const] },
  }));
  opened = openGateway({ endpoints }, { routes: { default: listedRouter(candidates) }, upstream: { send } });
  listening = await listen(opened.gateway, { port: 0 });
});
afterEach(() => listening.close(0));

describe.each(EVERY_EMBEDDER)('%s', (_, client) => {
  const texts = ['Why?', 'What is 17 * 3?'];

  it('is given vectors of one text and of several, as it asks for them', async () => {
    const settings = { url: listening.url, model: 'auto' };
    expect(await client.one(settings, texts[1]!)).toEqual(vectorOf(texts[1]!));
    expect(await client.many(settings, texts)).toEqual(texts.map(vectorOf));
    expect(sent.map(({ endpoint, body }) => [endpoint, body['model'], body['encoding_format']])).toEqual([
      ['small', 'model-small', client.encoding],
      ['small', 'model-small', client.encoding],
    ]);
    await settle();
    expect(await opened.store.find('id-2')).toMatchObject({ wire: 'embeddings', served: 'small', cost: 14e-6 });
  });

  it('is answered by the next candidate of a route, and by no other where it names one', async () => {
    down.add('small');
    expect(await client.many({ url: listening.url, model: 'auto' }, texts)).toEqual(texts.map(vectorOf));
    await expect(client.many({ url: listening.url, model: 'small' }, texts)).rejects.toThrow('No model server gave');
    expect(sent.map(({ endpoint }) => endpoint)).toEqual(['small', 'large', 'small']);
  });
});
