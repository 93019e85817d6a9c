import type { LanguageModelV3, LanguageModelV3Middleware } from '@ai-sdk/provider';
import { generate } from './generate.js';
import { jobOf, openCore } from './language-model.js';
import type { RouteProfileSettings } from './settings.js';
import { stream } from './stream.js';

/** How an existing model becomes a routed one. */
export interface RouteProfileMiddlewareSettings extends RouteProfileSettings {
  /** The candidate that the wrapped model is. Where `models` has one of that id too, the wrapped one is called. */
  as: string;
}

/**
 * A middleware for `wrapLanguageModel`: the wrapped model stays one of the candidates, and for each call the router decides whether it
 * answers or one of `models` does.
 * @throws RouteProfileError BAD_OPTION with every problem in `details`
 */
export function routeProfileMiddleware({
  as,
  models,
  ...settings
}: RouteProfileMiddlewareSettings): LanguageModelV3Middleware {
  // Which model is wrapped is known with the first call; until then its place is kept.
  const core = openCore({ ...settings, models: { ...models, [as]: models[as] ?? PLACE } });
  const withWrapped = (model: LanguageModelV3) => new Map(core.settings.models).set(as, model);
  return {
    specificationVersion: 'v3',
    // Any of the models may answer, so that what stands behind an address is downloaded for all of them.
    overrideSupportedUrls: () => ({}),
    wrapGenerate: async ({ params, model }) =>
      generate(await jobOf(core, { kind: 'route' }, params, withWrapped(model))),
    wrapStream: async ({ params, model }) => stream(await jobOf(core, { kind: 'route' }, params, withWrapped(model))),
  };
}

const PLACE: LanguageModelV3 = {
  specificationVersion: 'v3',
  provider: 'routeprofile',
  modelId: 'wrapped',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('the wrapped model is called in its place')),
  doStream: () => Promise.reject(new Error('the wrapped model is called in its place')),
};
