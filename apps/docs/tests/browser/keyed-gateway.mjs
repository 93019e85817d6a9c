import { createGateway, listen, memoryStore } from '@routeprofile/gateway/node';

export const KEY = 'team-a-key-0123456789';
const SECRETS = { 'env:TEAM_A': KEY, 'env:TEAM_B': 'team-b-key-0123456789' };

const CANDIDATES = ['small', 'large', 'gone'].map((id) => ({ id, model: id, price: { input: 1, output: 2 } }));

/** Ranks its candidates the other way round than they are listed. */
const router = {
  models: CANDIDATES.map(({ id }) => id),
  candidates: CANDIDATES,
  strategy: 'listed',
  encoder: null,
  route: async (texts) =>
    texts.map(() => ({
      model: 'gone',
      ranked: ['gone', 'small', 'large'].map((model, i) => ({ model, score: 1 - i / 4 })),
      reasons: [{ kind: 'listed', text: 'listed last' }],
    })),
};

const bytes = (text) => new globalThis.TextEncoder().encode(text);
/** The model `gone` refuses its key; the others answer. */
const upstream = {
  async send({ candidate }) {
    const refused = candidate === 'gone';
    const delta = {
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Fifty-one.' }, finish_reason: 'stop' }],
    };
    return {
      status: refused ? 401 : 200,
      headers: new globalThis.Headers({ 'content-type': refused ? 'application/json' : 'text/event-stream' }),
      body: (async function* () {
        yield bytes(refused ? '{}' : `data: ${JSON.stringify(delta)}\n\ndata: [DONE]\n\n`);
      })(),
    };
  },
};

/** A decision that somebody was answered a moment ago. */
const record = (id, tenant, more) => ({
  ...{ version: 1, id, at: Date.now(), tenant, wire: 'chat', route: 'default', requirements: {}, propensity: 1 },
  router: { strategy: 'listed', encoder: null },
  ranked: [
    { model: 'small', score: 0.75 },
    { model: 'large', score: 0.5 },
  ],
  model: 'small',
  reasons: [],
  attempts: [{ endpoint: 'small', candidate: 'small', totalMs: 12, status: 200 }],
  served: 'small',
  status: 200,
  ...more,
});

/** A gateway with keys and a page, in this process, that has a past. */
export async function openKeyedGateway() {
  const store = memoryStore();
  await store.append([
    record('a-1', 'team-a', { cost: 0.25, bestSingle: { model: 'large', cost: 1 } }),
    record('a-2', 'team-a', { served: 'large' }),
    record('b-1', 'team-b', { cost: 7, text: 'a secret of team b' }),
  ]);
  const said = { tenant: 'team-a', name: 'quality', source: 'user', at: Date.now() };
  await store.feedback({ ...said, id: 'f-1', decision: 'a-1', value: 'good', score: 1, comment: '<i>yes</i>' });
  await store.feedback({ ...said, id: 'f-2', decision: 'a-2', value: 'bad', score: 0 });
  const keys = [
    { id: 'team-a', key: 'env:TEAM_A', budget: { dollars: 50, per: 'day' } },
    { id: 'team-b', key: 'env:TEAM_B' },
  ];
  const endpoints = CANDIDATES.map(({ id }) => ({
    id,
    candidate: id,
    baseUrl: 'https://models.example/v1',
    wires: ['chat'],
  }));
  const gateway = createGateway(
    { keys, endpoints, page: true, routes: { default: { session: { ttl: '10m' } } } },
    { routes: { default: router }, upstream, store, secrets: (reference) => SECRETS[reference] },
  );
  const { url, close } = await listen(gateway, { port: 0 });
  return {
    origin: url,
    async close() {
      await close(1_000);
      await store.close();
    },
  };
}
