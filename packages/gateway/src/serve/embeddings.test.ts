import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import type { GatewayConfigInput } from '../config/config.js';
import type { UpstreamRequest } from '../contracts/upstream.js';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { errorOf, json, post } from '../testing/requests.js';

const candidates: Candidate[] = ['small', 'large', 'words'].map((id) => ({
  id,
  model: `model-${id}`,
  price: { input: 2, output: 0 },
  limits: { contextTokens: 10 },
}));
const endpoint = (candidate: string, ...wires: ('chat' | 'embeddings')[]) => ({
  ...{ id: candidate, candidate, wires, baseUrl: `https://${candidate}.example/v1` },
});

function open(config: Partial<GatewayConfigInput> = {}, answers: readonly unknown[] = []) {
  const sent: { endpoint: string; request: UpstreamRequest }[] = [];
  const opened = openGateway(
    {
      endpoints: [endpoint('small', 'embeddings'), endpoint('large', 'embeddings'), endpoint('words', 'chat')],
      ...config,
    },
    {
      routes: {
        default: listedRouter(candidates),
        vectors: listedRouter(candidates.slice(0, 2), { strategy: 'vectors' }),
      },
      upstream: {
        send: async (to, request) => {
          const answer = answers[sent.length] ?? ANSWER;
          sent.push({ endpoint: to.id, request });
          const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
          return {
            status: text.startsWith('{') ? 200 : 503,
            headers: new Headers({ 'content-type': 'application/json' }),
            body: (async function* () {
              yield new TextEncoder().encode(text);
            })(),
          };
        },
      },
    },
  );
  const embed = (body: object) => opened.gateway.fetch(post('/v1/embeddings', JSON.stringify(body)));
  return { ...opened, sent, embed };
}

const usage = { prompt_tokens: 7, total_tokens: 7 };
// Base64, as the client of OpenAI asks for it unless it is told otherwise.
const ANSWER = { object: 'list', data: [{ object: 'embedding', index: 0, embedding: 'AACAPwAAAEA=' }], usage };

describe('embeddings', () => {
  it('of a candidate pass as they are, and are counted', async () => {
    const { embed, sent, store } = open();
    const response = await embed({ model: 'small', input: 'Why?', encoding_format: 'base64' });
    expect(await response.text()).toBe(JSON.stringify(ANSWER));
    const { url, body } = sent[0]!.request;
    expect([url.href, new TextDecoder().decode(body)]).toEqual([
      'https://small.example/v1/embeddings',
      '{"model":"model-small","input":"Why?","encoding_format":"base64"}',
    ]);
    const record = await store.find('id-1');
    expect(record).toMatchObject({ wire: 'embeddings', served: 'small', route: null, cost: 14e-6 });
    expect(record!.attempts[0]!.usage).toMatchObject({ uncachedInput: 7, output: 0 });
  });

  it('are numbers where the client asks for them', async () => {
    const floats = { ...ANSWER, data: [{ object: 'embedding', index: 0, embedding: [1, 2.5e-8] }] };
    const { embed } = open({}, [floats]);
    expect(await json(await embed({ model: 'small', input: ['a', 'b'], encoding_format: 'float' }))).toEqual(floats);
  });

  it('come of a route whose candidates all make some, the next one where the first fails', async () => {
    const { embed, sent, store } = open({}, ['down', ANSWER]);
    const response = await embed({ model: 'routeprofile/vectors', input: ['Why?', 'Who?'] });
    expect([response.status, response.headers.get('x-routeprofile-model')]).toEqual([200, 'large']);
    await response.text();
    expect(sent.map((one) => one.endpoint)).toEqual(['small', 'large']);
    expect(await store.find('id-1')).toMatchObject({ route: 'vectors', model: 'small', served: 'large' });
  });

  it('are refused on a route of which some candidates make none, with the names of those that do', async () => {
    const { embed, sent } = open();
    const response = await embed({ model: 'auto', input: 'Why?' });
    expect([response.status, await errorOf(response)]).toMatchObject([
      400,
      {
        code: 'no_candidate',
        message:
          'The route default cannot make embeddings, as these of its candidates do not: words. Name a candidate that does: small, large.',
      },
    ]);
    expect((await embed({ model: 'words', input: 'Why?' })).status).toBe(400);
    expect(sent).toEqual([]);
  });

  it('are held against the length of each input, texts and tokens alike', async () => {
    const { embed, store } = open();
    const fits: unknown[] = ['x'.repeat(40), Array(9).fill('x'.repeat(40)), Array(10).fill(1), Array(9).fill([1, 2])];
    for (const input of fits) expect((await embed({ model: 'small', input })).status).toBe(200);
    for (const input of ['x'.repeat(41), ['x', 'x'.repeat(50)], Array(11).fill(1)])
      expect((await embed({ model: 'small', input })).status).toBe(400);
    expect(await store.find('id-2')).toMatchObject({ requirements: { contextTokens: 10, outputTokens: 0 } });
  });

  it('that are none, or of another wire, are a fault of the server', async () => {
    for (const answer of [{ data: [] }, { choices: [] }])
      expect((await open({}, [answer, answer]).embed({ model: 'small', input: 'Why?' })).status).toBe(502);
  });

  it('are estimated where the server does not count, and never streamed', async () => {
    const { embed, store } = open({}, [{ data: ANSWER.data }]);
    const response = await embed({ model: 'small', input: 'x'.repeat(20), stream: true });
    expect(response.headers.get('content-type')).toContain('application/json');
    await response.text();
    expect((await store.find('id-1'))!.attempts[0]!.usage).toMatchObject({ uncachedInput: 5, estimated: true });
  });

  it('do not mistake a chat for them, nor them for a chat', async () => {
    const { gateway } = open();
    const chat = post('/v1/chat/completions', JSON.stringify({ model: 'small', messages: [] }));
    expect((await gateway.fetch(chat)).status).toBe(400);
    const looked = await gateway.fetch(post('/v1/route?wire=embeddings', '{"model":"small","input":"Why?"}'));
    expect(await json(looked)).toMatchObject({ model: 'small', attempts: [{ model: 'small' }] });
  });
});
