import { describe, expect, it } from 'vitest';
import type { AnswerToVerify, Verifier } from '../contracts/verifier.js';
import { SERVED_WIRES } from '../contracts/wire.js';
import { settle } from '../testing/manual-clock.js';
import { openGateway, SECRETS } from '../testing/open-gateway.js';
import { recordedAnswer } from '../testing/recordings.js';

const turns = async (count = 3) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  await settle();
};
const verifier = (verify: Verifier['verify'], more: Partial<Verifier> = {}): Verifier => ({
  ...{ name: 'fits', share: 1, verify },
  ...more,
});
const good = (): Promise<{ score: number }> => Promise.resolve({ score: 1 });

describe('verifiers', () => {
  it.each(SERVED_WIRES.flatMap((wire) => [false, true].map((stream) => ({ wire, stream }))))(
    'see what the client was told: $wire, stream $stream',
    async ({ wire, stream }) => {
      const seen: AnswerToVerify[] = [];
      const fits = verifier(async (answer) => {
        seen.push(answer);
        return { score: 0.5, comment: 'half' };
      });
      const { ask, upstream, store, get } = openGateway({}, { verifiers: [fits] });
      upstream.script.set('a', [{ kind: 'good', said: recordedAnswer(wire, ['Fifty-', 'one.']) }]);
      await (await ask(wire, stream)).text();
      await turns();
      expect(seen).toMatchObject([{ text: 'Fifty-one.', truncated: false, record: { id: 'id-1', served: 'a' } }]);
      expect(seen[0]?.request).toHaveProperty('model');
      expect(await store.said('id-1')).toMatchObject([
        { name: 'fits', source: 'verifier', value: 0.5, score: 0.5, comment: 'half', tenant: 'local' },
      ]);
      expect(await (await get('/metrics')).text()).toContain(
        'routeprofile_checks_total{verifier="fits",result="scored"} 1',
      );
    },
  );

  it('check the share that they say, the same requests each time', async () => {
    const checked = async (seed: number) => {
      const ids: string[] = [];
      const some = verifier(
        async ({ record }) => {
          ids.push(record.id);
          return null;
        },
        { share: 0.2 },
      );
      const { ask, store } = openGateway({ seed }, { verifiers: [some] });
      for (let i = 0; i < 100; i++) {
        await ask('chat', false);
        await turns(1);
      }
      expect(await store.said(ids[0]!)).toEqual([]);
      return ids;
    };
    const ids = await checked(0);
    // 20 expected, standard deviation 4.
    expect(ids.length).toBeGreaterThan(7);
    expect(ids.length).toBeLessThan(33);
    expect(await checked(0)).toEqual(ids);
    expect(await checked(1)).not.toEqual(ids);
  });

  it('hold no request up, and of many that wait the later ones are dropped and counted', async () => {
    let release = () => {};
    const held = new Promise<null>((resolve) => (release = () => resolve(null)));
    const { ask, get, warnings, gateway } = openGateway({}, { verifiers: [verifier(() => held)] });
    for (let i = 0; i < 110; i++) expect((await ask('chat', false)).status).toBe(200);
    await turns();
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('routeprofile_checks_total{verifier="fits",result="dropped"} 8');
    expect(warnings).toEqual(['verifier fits: answers are not checked, as too many wait; metrics have the number']);
    release();
    await gateway.close();
  });

  it('that fail, take too long, or give what is no score cost their result alone, and are said once', async () => {
    const results: Verifier['verify'][] = [
      () => Promise.reject(new Error('no model')),
      async () => ({ score: 7 }),
      () => new Promise(() => {}),
    ];
    for (const verify of results) {
      const { ask, clock, get, warnings, store } = openGateway({}, { verifiers: [verifier(verify)] });
      for (let i = 0; i < 2; i++) expect((await ask('chat', false)).status).toBe(200);
      await turns();
      await clock.advance(60_000);
      await turns();
      expect(await (await get('/metrics')).text()).toContain(
        'routeprofile_checks_total{verifier="fits",result="failed"} 2',
      );
      expect(warnings).toEqual([expect.stringMatching(/^verifier fits: a check failed: /) as string]);
      expect(await store.said('id-1')).toEqual([]);
    }
  });

  it('say what they spend, whatever comes of it', async () => {
    const paid = verifier(async (_, { spent }) => {
      spent(0.002);
      return null;
    });
    const { ask, get } = openGateway({}, { verifiers: [paid] });
    await ask('chat', false);
    await turns();
    expect(await (await get('/metrics')).text()).toContain(
      'routeprofile_checks_cost_dollars_total{verifier="fits"} 0.002',
    );
  });

  it('do not see answers that failed, nor those that are too long', async () => {
    const seen: string[] = [];
    const looking = verifier(async ({ text }) => {
      seen.push(text);
      return null;
    });
    const { ask, upstream, get } = openGateway({}, { verifiers: [looking] });
    upstream.script.set('a', [
      { kind: 'good', said: recordedAnswer('chat', ['x'.repeat(600_000), 'y'.repeat(600_000)]) },
    ]);
    await (await ask('chat', true)).text();
    for (const id of ['a', 'b']) upstream.script.set(id, [{ kind: 'refuse', status: 500, body: '' }]);
    expect((await ask('chat', false)).status).toBe(502);
    await turns();
    expect(seen).toEqual([]);
    expect(await (await get('/metrics')).text()).toContain('result="dropped"} 1');
  });

  it('are not spoken for by clients, who can neither copy a verdict nor put another in its place', async () => {
    const { ask, post, store } = openGateway({}, { verifiers: [verifier(async () => ({ score: 0 }))] });
    expect((await ask('chat', false)).status).toBe(200);
    await turns();
    for (const forged of [
      { name: 'fits', source: 'verifier' },
      { name: 'fits', source: 'verifier', feedbackId: 'mine' },
      { name: 'other', feedbackId: 'verifier fits' },
    ]) {
      const response = await post('/v1/feedback', [{ id: 'id-1', value: true, ...forged }]);
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('only the gateway says')]);
    }
    expect((await post('/v1/feedback', { id: 'id-1', value: true, name: 'lint', source: 'verifier' })).status).toBe(
      202,
    );
    expect((await store.said('id-1')).map(({ name, score }) => [name, score])).toEqual([
      ['fits', 0],
      ['lint', 1],
    ]);
  });

  it('are stopped when the gateway closes', async () => {
    let stopped = false;
    const slow = verifier(
      (_, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            stopped = true;
            resolve(null);
          }),
        ),
    );
    const { ask, gateway, warnings } = openGateway({}, { verifiers: [slow] });
    await ask('chat', false);
    await turns();
    await gateway.close();
    expect([stopped, warnings]).toEqual([true, []]);
  });

  it('judge for the tenant that asked', async () => {
    const keys = [{ id: 'team-a', key: 'env:TEAM_A' }];
    const { ask, store } = openGateway({ keys }, { verifiers: [verifier(good)] });
    await ask('chat', false, {}, { headers: { authorization: `Bearer ${SECRETS['env:TEAM_A']}` } });
    await turns();
    expect(await store.said('id-1')).toMatchObject([{ tenant: 'team-a' }]);
  });

  it('are refused with a share that is none, or with a name twice', () => {
    expect(() => openGateway({}, { verifiers: [verifier(good, { share: 2 })] })).toThrow('its share is 2');
    expect(() => openGateway({}, { verifiers: [verifier(good), verifier(good)] })).toThrow('two of this name');
  });
});
