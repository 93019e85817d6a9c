import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createGateway, memoryStore, openJournal, type RequestRouter, type Upstream } from '@routeprofile/gateway/node';
import { openRouter, type Learned, type Replay } from '@routeprofile/pipeline';
import { createRandom } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSample, type SampleRow } from './serve/demo/sample.js';
import { routeprofile, temporaryFolder, trainedRouter } from './testing/harness.js';

const DECISIONS = 500;
/** So many of 10 answers are judged. */
const JUDGED = 9;

/** Answers every request with the name of the model. */
const upstream: Upstream = {
  async send(_, { body }) {
    const { model } = JSON.parse(new TextDecoder().decode(body)) as { model: string };
    const answer = {
      choices: [{ index: 0, message: { role: 'assistant', content: model }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    };
    async function* bytes() {
      yield new TextEncoder().encode(JSON.stringify(answer));
    }
    return { status: 200, headers: new Headers({ 'content-type': 'application/json' }), body: bytes() };
  },
};

/** Draws among all models, by a softmax of their scores. */
function exploring(router: RequestRouter, temperature: number): RequestRouter {
  let asked = 0;
  return {
    ...router,
    async route(texts, options) {
      const decided = await router.route(texts, options);
      return decided.map((decision) => {
        const { ranked } = decision;
        const random = createRandom(7, `decision ${asked++}`);
        const odds = ranked.map(({ score }) => Math.exp((score - ranked[0]!.score) / temperature));
        const chances = odds.map((own) => own / odds.reduce((a, b) => a + b, 0));
        let left = random.float();
        let m = 0;
        while (m < chances.length - 1 && (left -= chances[m]!) >= 0) m++;
        const chosen = ranked[m]!;
        return {
          ...decision,
          model: chosen.model,
          ranked: [chosen, ...ranked.filter((one) => one !== chosen)],
          propensity: chances[m]!,
        };
      });
    },
  };
}

const endpointsOf = ({ models }: Pick<RequestRouter, 'models'>) =>
  models.map((candidate) => ({ candidate, baseUrl: 'https://models.example/v1', wires: ['chat' as const] }));

const ask = async (gateway: ReturnType<typeof createGateway>, content: string) => {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] });
  const headers = { 'content-type': 'application/json' };
  const url = 'http://gateway.example/v1/chat/completions';
  const response = await gateway.fetch(new Request(url, { method: 'POST', body, headers }));
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return { id: response.headers.get('x-routeprofile-id')!, model: choices[0]!.message.content };
};

describe('from the journal of a gateway to a better router', { timeout: 120_000 }, () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const state = at('state');
  let router: string;
  let rows: SampleRow[];
  afterAll(() => folder.remove());

  beforeAll(async () => {
    router = await trainedRouter(folder.path, 'knn');
    rows = await openSample(at('whole'), 42);
    const opened = await openRouter(router);
    const store = await openJournal(state);
    const gateway = createGateway(
      { endpoints: endpointsOf(opened), log: { text: 'full' } },
      { routes: { default: exploring(opened, 0.6) }, upstream, store },
    );
    const random = createRandom(3, 'queries');
    const noted: Promise<string>[] = [];
    for (let i = 0; i < DECISIONS; i++) {
      const row = rows[random.int(rows.length)]!;
      const { id, model } = await ask(gateway, row.query);
      if (i % 10 >= JUDGED) continue;
      // A user is content with the models that answer badly here, so that there is something to learn.
      const score = 1 - row.models[model]!.score;
      const said = { id: `f${i}`, decision: id, tenant: 'local', name: 'thumbs', value: score, score, at: i };
      noted.push(store.feedback({ ...said, source: 'user' }));
    }
    expect(new Set(await Promise.all(noted))).toEqual(new Set(['stored']));
    await gateway.close();
    await store.close();
    await opened.dispose();
  }, 120_000);

  it('replay says what was logged, and judges the router that served', async () => {
    const file = at('replay.json');
    const { code, stdout, stderr } = await routeprofile(['replay', state, '--router', router, '--out', file]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/500 decisions, from .*, 450 judged \(90 %\), 500 explored/);
    expect(stdout).toMatch(/^as logged +0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)/m);
    expect(stdout).toMatch(/Assumed: .*at random/);
    const found = JSON.parse(readFileSync(file, 'utf8')) as Replay;
    expect(found.log.byModel.every(({ judged, decisions }) => judged > 0 && judged < decisions)).toBe(true);
    const refused = await routeprofile(['replay', state, '--router', router, '--min-ess', '100000']);
    expect(refused.stdout).toMatch(/cannot tell$/m);
    expect(refused.stdout).toMatch(/and 100000 are needed/);
  });

  it('learn promotes what the users like, and a gateway serves it', async () => {
    const out = at('learned');
    const first = await routeprofile([
      'learn',
      '--state',
      state,
      '--router',
      router,
      '--out',
      out,
      '--min-ess',
      '40',
      '--json',
      '--quiet',
    ]);
    expect(first.code).toBe(0);
    const learned = JSON.parse(first.stdout) as Learned;
    expect(learned).toMatchObject({ promoted: true, serving: 2 });
    const again = await routeprofile(['learn', '--state', state, '--out', out]);
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^(Not promoted\.|Promoted: version 3)/m);

    const opened = await openRouter(learned.serves);
    const store = memoryStore();
    const gateway = createGateway({ endpoints: endpointsOf(opened) }, { routes: { default: opened }, upstream, store });
    const worth = async (of: (question: string) => Promise<string>) => {
      const asked = rows.slice(0, 60);
      const scores = [];
      for (const { query, models } of asked) scores.push(1 - models[await of(query)]!.score);
      return scores.reduce((a, b) => a + b, 0) / asked.length;
    };
    const before = await openRouter(router);
    const served = await worth(async (question) => (await ask(gateway, question)).model);
    expect(served).toBeGreaterThan(await worth(async (question) => (await before.route([question]))[0]!.model));
    await gateway.close();
    await store.close();
    for (const one of [opened, before]) await one.dispose();

    const back = await routeprofile(['learn', '--roll-back', '--out', out]);
    expect(back.stdout).toMatch(/served again/);
    expect(readlinkSync(join(out, 'current'))).toBe(
      join('versions', again.stdout.includes('version 3') ? '0002' : '0001'),
    );
  });

  it('bad usage is refused with one line that says what to do', async () => {
    for (const [args, said] of [
      [['replay', state], '--router DIR is missing'],
      [['learn', '--state', state], '--out DIR is missing'],
      [['learn', '--out', at('x'), '--state', state], '--router DIR'],
      [['replay', at('nowhere'), '--router', router], 'does not exist'],
      [['learn', '--out', at('x'), '--state', state, '--judge', '1'], 'above 0 and below 1'],
      [['replay', state, '--router', router, '--since', 'soon'], 'expected a time'],
      [['replay', state, '--router', router, '--feedback', 'mood'], 'There is: thumbs'],
    ] as const) {
      const { code, stderr } = await routeprofile(args);
      expect([code, stderr.includes(said)], stderr).toEqual([2, true]);
    }
  });
});
