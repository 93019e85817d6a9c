import { knnRouter, openRouterFrom } from '@routeprofile/routers';
import { parseOptions } from '@routeprofile/schema';
import { syntheticRouterInput, toyEncoder } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { openGateway } from '../testing/open-gateway.js';
import { decide } from './decide.js';
import { requestRouter, type RequestRouter } from './request-router.js';

const ctx = { seed: 3 };
const { input } = syntheticRouterInput({ models: 4, queries: 60 });
const encoder = { ...toyEncoder(input.training.queries.vectors!.cols), id: input.training.queries.encoder! };

describe('decisions', () => {
  it('are those of the router, opened from a file or in memory', async () => {
    const fitted = await knnRouter.fit(input, parseOptions(knnRouter, {}), ctx);
    const opened = await openRouterFrom(await fitted.save(), { strategy: knnRouter, encoder });
    const ways: RequestRouter[] = [opened, requestRouter(fitted, { encoder, strategy: 'knn' })];
    for (const text of ['why?', '', 'Köln 👋']) {
      const [expected] = await opened.route([text]);
      for (const router of ways) {
        const question = { router, text, requirements: {}, signal: new AbortController().signal };
        expect(await decide(question, systemClock)).toEqual(expected);
        expect(await decide({ ...question, deadlineMs: 60_000, onLate: 'x' }, systemClock)).toEqual(expected);
      }
    }
  });

  it('are those of the question behind a beginning that training queries shared', async () => {
    const fitted = await knnRouter.fit(input, parseOptions(knnRouter, {}), ctx);
    const examples = 'Q: 1 + 1? A: 2. '.repeat(500);
    const { manifest, weights } = await fitted.save();
    const artifact = { weights, manifest: { ...manifest, sharedPrefixes: [examples] } };
    const seen: string[] = [];
    const reading = {
      ...encoder,
      encode: (texts: readonly string[]) => {
        seen.push(...texts);
        return encoder.encode(texts);
      },
    };
    const router = await openRouterFrom(artifact, { strategy: knnRouter, encoder: reading });
    const [expected] = await router.route([`${examples}why do rivers run?`]);
    const { ask, store } = openGateway(
      { endpoints: router.models.map((candidate) => ({ candidate, baseUrl: 'https://x.example', wires: ['chat'] })) },
      { routes: { default: router }, clock: systemClock },
    );
    seen.length = 0;
    const asked = { messages: [{ role: 'user', content: `${examples}why do rivers run?` }] };
    await (await ask('chat', false, asked)).text();
    expect(seen).toEqual(['why do rivers run?']);
    expect(await store.find('id-1')).toMatchObject({ model: expected!.model, ranked: expected!.ranked });
  });

  it('need a candidate for each model', async () => {
    const fitted = await knnRouter.fit(input, parseOptions(knnRouter, {}), ctx);
    expect(requestRouter(fitted).candidates).toHaveLength(4);
    expect(() => requestRouter(fitted, { candidates: [] })).toThrow('there is no candidate for');
  });

  it('fail where the router gives none', async () => {
    const router: RequestRouter = {
      models: ['a'],
      candidates: [],
      strategy: 's',
      encoder: null,
      route: async () => [],
    };
    const question = { router, text: '', requirements: {}, signal: new AbortController().signal };
    await expect(decide(question, systemClock)).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
  });
});
