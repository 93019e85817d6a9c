// Recorded scores go through the real door, some twice and in any order, with a restart in the middle: what is kept and learned is a direct join.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@routeprofile/schema';
import { afterAll, expect, it } from 'vitest';
import type { StateStore } from '../contracts/store.js';
import { createGateway, type Gateway } from '../serve/gateway.js';
import { canariesIn } from '../testing/canaries.js';
import { chancesRoute, meansLearner } from '../testing/learning-routers.js';
import { misbehavingUpstream } from '../testing/misbehaving-upstream.js';
import { SECRETS } from '../testing/open-gateway.js';
import { RECORDINGS } from '../testing/recordings.js';
import { openJournal } from './journal.js';
import { listen, type Listening } from './listen.js';

const folder = mkdtempSync(join(tmpdir(), 'rp-feedback-'));
afterAll(() => rmSync(folder, { recursive: true }));

const REQUESTS = 60;
const TEAMS = ['A', 'B'] as const;
type Team = (typeof TEAMS)[number];
const auth = (team: Team) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${SECRETS[`env:TEAM_${team}`]}`,
});
const CANARIES = { 'key of team A': SECRETS['env:TEAM_A']!, 'key of team B': SECRETS['env:TEAM_B']! };

interface Open {
  store: StateStore;
  gateway: Gateway;
  door: Listening;
}

async function open(): Promise<Open> {
  const store = await openJournal(join(folder, 'state'));
  const gateway = createGateway(
    {
      keys: TEAMS.map((team) => ({ id: `team-${team}`, key: `env:TEAM_${team}`, operator: true })),
      endpoints: ['a', 'b'].map((candidate) => ({
        ...{ candidate, baseUrl: `https://${candidate}.example/v1`, wires: ['chat' as const] },
      })),
      log: { vectors: true },
      routes: { default: { explore: { epsilon: 1, within: 1 }, learn: { strategy: 'means', every: 5, within: '1s' } } },
    },
    {
      routes: { default: chancesRoute({ a: 0.8, b: 0.6 }) },
      learners: [meansLearner],
      upstream: misbehavingUpstream(),
      store,
      secrets: (reference) => SECRETS[reference],
    },
  );
  return { store, gateway, door: await listen(gateway, { port: 0 }) };
}
async function close({ store, gateway, door }: Open): Promise<void> {
  await door.close();
  await gateway.close();
  await store.close();
}

it(
  'scores that come twice, in any order, and after a restart are those of a direct join',
  { timeout: 30_000 },
  async () => {
    let opened = await open();
    const told: string[] = [];
    const post = async (path: string, body: unknown, team: Team) => {
      const response = await fetch(opened.door.url + path, {
        ...{ method: 'POST', body: JSON.stringify(body), headers: auth(team) },
      });
      const text = await response.text();
      told.push(text);
      return { response, text };
    };
    const made: { id: string; team: Team; served: string; score: number }[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      const team = TEAMS[i % 2]!;
      const { response } = await post('/v1/chat/completions', { ...RECORDINGS.chat.request, model: 'auto' }, team);
      const served = response.headers.get('x-routeprofile-model')!;
      made.push({ id: response.headers.get('x-routeprofile-id')!, team, served, score: (i % 5) / 4 });
    }
    // Each once, every tenth twice, in an order of its own.
    const random = createRandom(7, 'feedback');
    const sent = [...made, ...made.filter((_, i) => i % 10 === 0)].map((one) => ({ one, at: random.float() }));
    sent.sort((a, b) => a.at - b.at);
    const fates: string[] = [];
    for (const [i, { one }] of sent.entries()) {
      if (i === Math.floor(sent.length / 2)) {
        await close(opened);
        opened = await open();
      }
      const said = { id: one.id, value: one.score, comment: `a key: ${SECRETS[`env:TEAM_${one.team}`]}` };
      const { response, text } = await post('/v1/feedback', { ...said, comment: 'fine' }, one.team);
      expect(response.status).toBe(202);
      fates.push((JSON.parse(text) as { status: string }).status);
      const other = await post('/v1/feedback', said, one.team === 'A' ? 'B' : 'A');
      expect(other.response.status).toBe(404);
    }
    expect([
      fates.filter((fate) => fate === 'stored').length,
      fates.filter((fate) => fate === 'duplicate').length,
    ]).toEqual([...[REQUESTS, REQUESTS / 10]]);
    const kept = new Map<string, number>();
    for await (const { record, feedback } of opened.store.read()) {
      expect(feedback).toHaveLength(1);
      kept.set(record.id, feedback[0]!.score!);
    }
    expect(kept).toEqual(new Map(made.map(({ id, score }) => [id, score])));

    // The restarted gateway has learned from all of it, and nobody's key stands anywhere.
    const overview = async () => {
      const response = await fetch(`${opened.door.url}/v1/overview`, { headers: auth('A') });
      const text = await response.text();
      told.push(text);
      return (JSON.parse(text) as { learning: { observed: number; skipped: object }[] }).learning[0]!;
    };
    for (let i = 0; i < 100 && (await overview()).observed < REQUESTS; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await overview()).observed).toBe(REQUESTS);
    told.push(await (await fetch(`${opened.door.url}/metrics`, { headers: auth('A') })).text());
    expect(canariesIn(told.join('\n'), CANARIES)).toEqual([]);
    await close(opened);
  },
);
