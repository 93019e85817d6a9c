import type { Candidate } from '@routeprofile/schema';
import type { GatewayConfigInput } from '../config/config.js';
import type { StateStore } from '../contracts/store.js';
import type { ServedWire } from '../contracts/wire.js';
import type { RequestRouter } from '../decide/request-router.js';
import { createGateway, type Gateway, type GatewayParts } from '../serve/gateway.js';
import { memoryStore } from '../store/memory.js';
import { manualClock, type ManualClock } from './manual-clock.js';
import { misbehavingUpstream, type MisbehavingUpstream } from './misbehaving-upstream.js';
import { RECORDINGS } from './recordings.js';

/** Dollars per million tokens. */
const PRICE = { input: 1, output: 10, cachedInput: 0.1 };

/** A router that ranks its candidates as they are listed, whatever the text. */
export const listedRouter = (candidates: readonly Candidate[], more: Partial<RequestRouter> = {}): RequestRouter => ({
  models: candidates.map(({ id }) => id),
  candidates,
  strategy: 'listed',
  encoder: null,
  route: async (texts) =>
    texts.map(() => ({
      model: candidates[0]!.id,
      ranked: candidates.map(({ id }, i) => ({ model: id, score: 1 - i / 10 })),
      reasons: [{ kind: 'listed', text: 'it is first – of all' }],
    })),
  ...more,
});

/** What may be said of a request beside its body. */
interface PostInit {
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/** A gateway for tests, with all that it stands on. */
export interface OpenedGateway {
  gateway: Gateway;
  upstream: MisbehavingUpstream;
  clock: ManualClock;
  store: StateStore;
  warnings: string[];
  /** Sends a recorded request. */
  ask: (wire: ServedWire, stream: boolean, more?: object, init?: PostInit) => Promise<Response>;
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
}

const ADDRESSES: Readonly<Record<ServedWire, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
};

/** Candidates `a` and `b`, each with one endpoint of that name which speaks every wire, and a key that is never to be seen. */
export function openGateway(
  config: Partial<GatewayConfigInput> = {},
  parts: Partial<GatewayParts> = {},
): OpenedGateway {
  const clock = manualClock();
  const upstream = misbehavingUpstream();
  const store = parts.store ?? memoryStore({ now: () => clock.now() });
  const warnings: string[] = [];
  const candidates = ['a', 'b'].map((id): Candidate => ({ id, model: `model-${id}`, price: PRICE }));
  const endpoint = (id: string) => ({
    id,
    candidate: id,
    baseUrl: `https://${id}.example/v1`,
    wires: ['chat' as const, 'messages' as const, 'responses' as const],
    key: 'env:UPSTREAM_KEY',
  });
  let requests = 0;
  const gateway = createGateway(
    { endpoints: [endpoint('a'), endpoint('b')], ...config },
    {
      routes: { default: listedRouter(candidates) },
      upstream,
      store,
      clock,
      newId: () => `id-${++requests}`,
      secrets: (reference) => SECRETS[reference],
      logger: { info: () => {}, warn: (message) => void warnings.push(message) },
      ...parts,
    },
  );
  const post = (path: string, body: unknown, init: PostInit = {}) =>
    gateway.fetch(
      new Request(`http://gateway.example${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      }),
    );
  return {
    gateway,
    upstream,
    clock,
    store,
    warnings,
    ask: (wire, stream, more = {}, init = {}) =>
      post(ADDRESSES[wire], { ...RECORDINGS[wire].request, ...(stream && { stream }), ...more }, init),
    post: (path, body, headers = {}) => post(path, body, { headers }),
    get: (path, headers = {}) => gateway.fetch(new Request(`http://gateway.example${path}`, { headers })),
  };
}

/** What `secrets` of `openGateway` knows. */
export const SECRETS: Readonly<Record<string, string>> = {
  'env:UPSTREAM_KEY': 'sk-upstream-0123456789',
  'env:TEAM_A': 'team-a-key-0123456789',
  'env:TEAM_B': 'team-b-key-0123456789',
};
