// One decision core, three doors: a request to the gateway, a language model of the AI SDK, and a call of `openRouter`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRouteProfile, type LanguageModelV3 } from '@routeprofile/ai-sdk';
import { loadDataset } from '@routeprofile/data';
import { createGateway, memoryStore, type DecisionRecord } from '@routeprofile/gateway';
import { misbehavingUpstream } from '@routeprofile/gateway/testing';
import { openRouter } from '@routeprofile/pipeline';
import { createRandom, type Decision } from '@routeprofile/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

const TEXTS = 1_000;
const MAX_CHARS = 2_000;
const ENCODER = 'hash:dimensions=64';
const WORDS =
  'sum prove translate Köln 東京 👋 “quoted” {"json": [1]} SELECT * FROM fish; x² ≤ 4 why\nhow\tif\\n'.split(' ');

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
let texts: string[];
beforeAll(async () => {
  expect((await routeprofile(['sample', at('sample'), '--quiet'])).code).toBe(0);
  const { report } = await runReport([
    ...[
      '--data',
      at('sample'),
      '--encoder',
      ENCODER,
      '--cache',
      at('cache'),
      '--limit-train',
      '90',
      '--limit-test',
      '9',
    ],
    ...['--profile', 'emb-gnn', '--router', 'sim,knn+cost:lambda=2+constraints+fallback', '--out', at('run')],
  ]);
  expect(report.failed).toEqual([]);
  const { train, test } = await loadDataset(at('sample'));
  const asked = [...train.queries, ...test.queries].map(({ text }) => text);
  const random = createRandom(7, 'three doors');
  const generated = Array.from({ length: TEXTS }, (_, i) => {
    // Every twentieth is longer than routers read.
    const words = i % 20 === 0 ? 500 : 1 + random.int(40);
    return Array.from({ length: words }, () => WORDS[random.int(WORDS.length)]!).join(' ');
  });
  texts = [...asked.slice(0, TEXTS / 2), ...generated].slice(0, TEXTS);
});
afterAll(() => folder.remove());

/** What a request looks like on each wire. */
const BODIES = {
  chat: (text: string) => ({ model: 'auto', messages: [{ role: 'user', content: text }] }),
  responses: (text: string) => ({ model: 'auto', input: [{ role: 'user', content: [{ type: 'input_text', text }] }] }),
  messages: (text: string) => ({ model: 'auto', max_tokens: 100, messages: [{ role: 'user', content: text }] }),
};

it(`decide alike on ${TEXTS} texts`, async () => {
  expect(texts).toHaveLength(TEXTS);
  const names = readdirSync(at('run', 'routers'));
  expect(names).toHaveLength(2);
  for (const name of names) {
    const router = await openRouter(at('run', 'routers', name), { cache: at('cache') });
    const store = memoryStore();
    let id = '';
    const gateway = createGateway(
      {
        endpoints: router.models.map((candidate) => ({
          candidate,
          baseUrl: 'https://models.example/v1',
          wires: ['chat', 'responses', 'messages'],
        })),
        log: { text: 'full' },
      },
      { routes: { default: router }, upstream: misbehavingUpstream(), store, newId: () => (id = crypto.randomUUID()) },
    );
    const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json' };
      const request = new Request(`http://localhost${path}`, { method: 'POST', body: JSON.stringify(body), headers });
      const response = await gateway.fetch(request);
      expect(response.status).toBe(200);
      return (await response.json()) as Record<string, unknown>;
    };
    const records: DecisionRecord[] = [];
    const answering = (modelId: string): LanguageModelV3 => ({
      specificationVersion: 'v3',
      provider: 'toy',
      modelId,
      supportedUrls: {},
      doGenerate: async () => ({
        content: [{ type: 'text', text: modelId }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
        warnings: [],
      }),
      doStream: () => Promise.reject(new Error('nothing is streamed here')),
    });
    const auto = createRouteProfile({
      router,
      models: Object.fromEntries(router.models.map((model) => [model, answering(model)])),
      onDecision: (record) => void records.push(record),
      keepText: true,
    })('auto');

    const chosen = new Set<string>();
    const wires = Object.keys(BODIES) as (keyof typeof BODIES)[];
    for (const [i, text] of texts.entries()) {
      await post('/v1/chat/completions', BODIES.chat(text));
      const recorded = await store.find(id);
      const { content } = await auto.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text }] }] });
      const called = records.at(-1);
      const wire = wires[i % wires.length]!;
      const dry = await post(`/v1/route?wire=${wire}`, BODIES[wire](text));
      const [direct] = await router.route([recorded!.text!], { requirements: [recorded!.requirements] });
      const decisionOf = ({ model, ranked, reasons }: Pick<Decision, 'model' | 'ranked' | 'reasons'>) => ({
        model,
        ranked,
        reasons,
      });

      const expected = decisionOf(direct!);
      expect(recorded!.text).toBe(called?.text);
      expect(text.startsWith(recorded!.text!)).toBe(true);
      expect(recorded!.text!.length).toBe(Math.min(text.length, MAX_CHARS));
      expect(called?.requirements).toEqual(recorded!.requirements);
      expect(decisionOf(recorded!)).toEqual(expected);
      expect(decisionOf(called!)).toEqual(expected);
      expect(decisionOf(dry as unknown as Decision)).toEqual(expected);
      expect(content).toEqual([{ type: 'text', text: direct!.model }]);
      chosen.add(direct!.model);
    }
    // A router that says the same of everything would prove nothing.
    expect(chosen.size).toBeGreaterThan(1);
    await router.dispose();
  }
});
