import { knnRouter, openRouterFrom } from '@routeprofile/routers';
import { parseOptions } from '@routeprofile/schema';
import { syntheticRouterInput, toyEncoder } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
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
