import { NoSuchModelError, type LanguageModelV3, type ProviderV3 } from '@ai-sdk/provider';
import { openCore, routedModel } from './language-model.js';
import type { RouteProfileSettings } from './settings.js';

/** Language models by name: `auto` and its aliases are routed, a candidate's id is that candidate alone. */
export interface RouteProfileProvider extends ProviderV3 {
  /** @throws NoSuchModelError for any other name, with those that there are */
  (modelId: string): LanguageModelV3;
  languageModel(modelId: string): LanguageModelV3;
}

/**
 * A router as a provider of the AI SDK: `createRouteProfile({ router, models })('auto')` is a language model that decides for each
 * call which of the models answers.
 * @throws RouteProfileError BAD_OPTION with every problem in `details`
 */
export function createRouteProfile(settings: RouteProfileSettings): RouteProfileProvider {
  const core = openCore(settings);
  const { routes, models, candidates } = core.settings;
  const names = [...routes, ...models.keys()];
  const languageModel = (modelId: string): LanguageModelV3 => {
    if (routes.includes(modelId)) return routedModel(core, modelId, { kind: 'route' });
    if (models.has(modelId)) return routedModel(core, modelId, { kind: 'candidate', id: modelId });
    const what = candidates.has(modelId)
      ? `The candidate ${modelId} was given no model.`
      : `There is no model called ${JSON.stringify(modelId)}.`;
    throw new NoSuchModelError({
      modelId,
      modelType: 'languageModel',
      message: `${what} Use one of: ${names.join(', ')}.`,
    });
  };
  const none = (modelType: 'embeddingModel' | 'imageModel') => (modelId: string) => {
    throw new NoSuchModelError({ modelId, modelType, message: 'Only language models are routed.' });
  };
  return Object.assign((modelId: string) => languageModel(modelId), {
    specificationVersion: 'v3' as const,
    languageModel,
    embeddingModel: none('embeddingModel'),
    imageModel: none('imageModel'),
  });
}
