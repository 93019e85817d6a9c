// Secrets wherever one can stand, servers that repeat them in every way, and a look at all that comes out.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../contracts/store.js';
import { SERVED_WIRES, type ServedWire } from '../contracts/wire.js';
import { traceBy, type OpenTelemetryApi } from '../observe/tracing.js';
import { canariesIn, SPELLINGS } from '../testing/canaries.js';
import type { Behaviour } from '../testing/misbehaving-upstream.js';
import { listedRouter, openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { RECORDINGS, type RecordedAnswer } from '../testing/recordings.js';
import { openJournal } from './journal.js';
import { fileSecrets } from './secrets.js';

/** What model servers know of the gateway, each its own: they may repeat it. */
const OF_ENDPOINTS = {
  'the key in the environment': 'sk-ant/canary+7hG2kQ9vX4bN1mZ8',
  'the key in a file': 'sk-proj/2wLrT8yPq3Dc6FjV0uEs',
  'the key in an address': 'AIza/Qm4xB7zR1nK5tGh9Wd2Y',
};
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  a: [OF_ENDPOINTS['the key in the environment'], OF_ENDPOINTS['the key in an address']],
  b: [OF_ENDPOINTS['the key in a file'], OF_ENDPOINTS['the key in an address']],
};
/** What clients send for the gateway alone, or by mistake: no model server sees it. */
const OF_CLIENTS = {
  'the key of a client': 'team-Zp5VwCq8Jt1Xe4Mn',
  'another key of the client': 'xapi-Lk9RbU3fHy6Go0Ti',
  'a cookie': 'cookie-Ns7DaE2vPx5Wq8Bm',
  'a person': 'mail-Jc4TgY1kSz6Lr9Fu@person.example',
  'a proxy key': 'proxy-Vh3KoI7dXn2Qb5Ae',
  'an organization': 'org-Wt8MfP4jCy1Us6Rg',
};
const SECRETS = { ...OF_ENDPOINTS, ...OF_CLIENTS };
const PROMPT = { 'the prompt': 'a canary that sings of Ge2HsV6lDq9Kx3Nb' };

const client = {
  authorization: `Bearer ${OF_CLIENTS['the key of a client']}`,
  'x-api-key': OF_CLIENTS['another key of the client'],
  cookie: `session=${OF_CLIENTS['a cookie']}`,
  'x-openwebui-user-email': OF_CLIENTS['a person'],
  'proxy-authorization': `Basic ${OF_CLIENTS['a proxy key']}`,
  'openai-organization': OF_CLIENTS['an organization'],
};

/** OpenTelemetry that keeps all it is told. */
function keepingApi(told: unknown[]): OpenTelemetryApi {
  const span = {
    setAttributes: (attributes: object) => told.push(attributes),
    setStatus: (status: object) => told.push(status),
    end: () => {},
  };
  const startSpan = (...given: unknown[]) => {
    told.push(given.slice(0, 2));
    return span;
  };
  return {
    trace: { getTracer: () => ({ startSpan }), setSpan: () => ({}) },
    context: { active: () => ({}) },
    propagation: { extract: () => ({}), inject: () => {} },
  };
}

const event = (data: string, name?: string) => `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`;
/** An event that says on its wire what is wrong. @param said is written into JSON as it is */
const errorEvent = (wire: ServedWire, said: string): string => {
  const error = `{"message":"wrong key ${said}","type":"x ${said}","code":"${said}"}`;
  if (wire === 'chat') return event(`{"error":${error}}`);
  if (wire === 'messages') return event(`{"type":"error","error":${error}}`, 'error');
  return event(`{"type":"error","sequence_number":9,"message":"wrong key ${said}","code":"${said}"}`, 'error');
};

/** Every way to fail while repeating something. */
function repeating(wire: ServedWire, stream: boolean, said: string): [string, Behaviour][] {
  const { events, answer, firstContent } = RECORDINGS[wire];
  const good = (name: string, end: string): [string, Behaviour][] =>
    [0, firstContent + 2].map((after) => {
      const broken: RecordedAnswer = { answer, events: [...events.slice(0, after), end] };
      return [`${name} after ${after} events`, { kind: 'good', said: broken }];
    });
  const inJson = `{"error":{"message":"refused: ${said}","type":"x","param":"${said}","code":"y"},"more":["${said}"]}`;
  const refusals = [302, 400, 401, 429, 500].flatMap((status) =>
    [inJson, `<html>${said}</html>`, inJson.slice(0, -20), `{"error":"${said}"}`, `${' '.repeat(63_950)}${inJson}`].map(
      (body): [string, Behaviour] => [
        `${status}`,
        {
          kind: 'refuse',
          status,
          body,
          headers: {
            location: `https://elsewhere.example/?key=${said}`,
            'www-authenticate': `Bearer realm="${said}"`,
            'x-request-id': said,
            'retry-after': '1',
            'set-cookie': said,
          },
        },
      ],
    ),
  );
  const inAnswer = { ...answer, error: { message: `no: ${said}`, code: said } };
  return stream
    ? [
        ...good('an error event', errorEvent(wire, said)),
        ...good('broken JSON', event(`{"half ${said}`)),
        ...good('a torn event', `data: {"a":"${said}"`),
      ]
    : [
        ...refusals,
        ['an error under 200', { kind: 'good', said: { events, answer: inAnswer } }],
        ['broken JSON', { kind: 'refuse', status: 200, body: inJson.slice(0, -30) }],
        ['text', { kind: 'refuse', status: 200, body: said }],
      ];
}

describe.each(SERVED_WIRES.flatMap((wire) => [true, false].map((stream) => [wire, stream] as const)))(
  'on %s, streamed: %s, no secret',
  (wire, stream) => {
    let folder: string;
    let store: StateStore;
    let opened: OpenedGateway;
    /** Endpoints that are out of service are not asked. */
    let mended: () => Promise<void>;
    const told: unknown[] = [];
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gateway-canary-'));
      writeFileSync(join(folder, 'key'), `${OF_ENDPOINTS['the key in a file']}\n`);
      store = await openJournal(join(folder, 'state'), { now: () => Date.parse('2026-01-01T12:00:00Z') });
      told.length = 0;
      const endpoint = (candidate: string, key: string) => ({
        id: candidate,
        candidate,
        key,
        baseUrl: `https://${candidate}.example/v1?key=${encodeURIComponent(OF_ENDPOINTS['the key in an address'])}`,
        wires: [...SERVED_WIRES],
      });
      const variables = {
        ENDPOINT: OF_ENDPOINTS['the key in the environment'],
        CLIENT: OF_CLIENTS['the key of a client'],
      };
      const config = {
        endpoints: [endpoint('a', 'env:ENDPOINT'), endpoint('b', 'file:key')],
        keys: [{ id: 'team', key: 'env:CLIENT', operator: true, budget: { dollars: 1e6 } }],
        page: true,
      };
      const routes = {
        default: listedRouter(['a', 'b'].map((id) => ({ id, model: id, price: { input: 1, output: 1 } }))),
      };
      const secrets = fileSecrets({ from: folder, variables });
      opened = openGateway(config, { store, secrets, routes, tracing: traceBy(keepingApi(told)) });
      mended = async () => {
        opened.gateway.reload(config, routes);
        await opened.clock.advance(600_000);
      };
    });
    afterEach(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });

    const content = Object.values(PROMPT).join();
    const question =
      wire === 'responses' ? { input: content } : { messages: [{ role: 'user', content }], max_tokens: 10 };
    /** Asks, and moves the clock on until there is an answer. @returns all that the client sees */
    async function ask(model: string): Promise<string> {
      let over = false;
      const asking = opened
        .ask(wire, stream, { ...question, model }, { headers: client })
        .then(async (response) => `${JSON.stringify([...response.headers])}\n${await response.text()}`)
        .finally(() => (over = true));
      for (let i = 0; !over && i < 200; i++) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (i > 5 && !over) await opened.clock.advance(60_000);
      }
      return asking;
    }
    /** All that is left behind, apart from answers. */
    async function left(): Promise<string> {
      const paths = ['/metrics', '/v1/decisions?limit=200', '/v1/overview', '/v1/models', '/', '/page.js', '/page.css'];
      const looks = await Promise.all(paths.map(async (path) => (await opened.get(path, client)).text()));
      const ids = [...readFileSync(join(folder, 'state', 'journal.jsonl'), 'utf8').matchAll(/"id":"(id-\d+)"/g)];
      const [, id] = ids.at(-1) ?? [];
      expect(id).toBeDefined();
      looks.push(await (await opened.get(`/v1/decisions/${id}`, client)).text());
      await opened.gateway.close();
      await store.close();
      const journal = readFileSync(join(folder, 'state', 'journal.jsonl'), 'utf8');
      return [...looks, journal, opened.warnings.join('\n'), JSON.stringify(told)].join('\n');
    }

    it.each(Object.entries(SPELLINGS))('comes out that a server repeats %s', async (_, spelled) => {
      const saidBy = (id: string) => (KNOWN[id] ?? []).map(spelled).join(' and ');
      const [ofA, ofB] = [repeating(wire, stream, saidBy('a')), repeating(wire, stream, saidBy('b'))];
      const seen: string[] = [];
      for (const [i, [name, behaviour]] of ofA.entries()) {
        await mended();
        opened.upstream.script.set('a', [behaviour]);
        opened.upstream.script.set('b', [ofB[i]![1]]);
        const before = opened.upstream.sent.length;
        const answer = await ask('auto');
        expect(opened.upstream.sent.length).toBeGreaterThan(before);
        const found = canariesIn(answer, SECRETS);
        if (found.length > 0) seen.push(`${name}: ${found.join('; ')}`);
      }
      expect(seen).toEqual([]);
      expect(canariesIn(await left(), { ...SECRETS, ...PROMPT })).toEqual([]);
    });

    it('of a client reaches a server, nor of a server another one', async () => {
      await ask('a');
      await ask('b');
      const keys = [OF_ENDPOINTS['the key in the environment'], OF_ENDPOINTS['the key in a file']];
      opened.upstream.sent.forEach(({ headers, url, text }, i) => {
        const { authorization, 'x-api-key': key, ...others } = headers;
        expect(authorization ?? key).toBe(wire === 'messages' ? keys[i] : `Bearer ${keys[i]}`);
        expect(authorization === undefined || key === undefined).toBe(true);
        expect(canariesIn(JSON.stringify([others, text]), SECRETS)).toEqual([]);
        expect(new URL(url).searchParams.get('key')).toBe(OF_ENDPOINTS['the key in an address']);
      });
      expect(opened.upstream.sent).toHaveLength(2);
      await opened.gateway.close();
    });
  },
);
