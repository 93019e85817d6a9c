import {
  defineProfile,
  normalizeRows,
  throwIfAborted,
  type ChatModel,
  type ProfileStrategy,
} from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import { encodeAll } from '../common/encode.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { extractiveSummarizer } from './extractive/extractive-summarizer.js';
import { keepHopTexts } from './kept.js';
import { surroundings, textsByHop } from './hops.js';
import { llmSummarizer } from './llm/llm-summarizer.js';
import { endpointModel, modelName, type LlmEnvironment } from './llm/endpoint.js';
import { completeTextGnnOptions, textGnnOptions, type TextGnnOptions } from './options.js';
import { planTextGnn } from './plan.js';

/** Which language model answers may come from the environment; the key to it never enters. */
const ANSWERS_DEPEND_ON = ['ROUTEPROFILE_LLM_MODEL', 'ROUTEPROFILE_LLM_BASE_URL', 'OPENAI_BASE_URL'];

/** What a build needs beside options: where to find the key and the endpoint, or a language model of one's own. */
export interface TextGnnEnvironment extends LlmEnvironment {
  /** Answers instead of an endpoint. */
  languageModel?: ChatModel;
}

/**
 * K rounds in which every node of the graph gets a new text made from its own and its neighbours' texts; the models' last
 * texts, encoded, are the profiles (RouteProfile, arXiv 2605.00180: structured form, representation "text"). Vectors: [models ×
 * encoder's dimensions], of unit length by default. The texts are written by a language model behind any OpenAI-compatible endpoint, or put together from sentences without one.
 *
 * `ctx.store` keeps every answer as it comes, and at the end the texts of all nodes after all hops (`readHopTexts`); the set's
 * `texts` hold the models' last ones. Without a store an interrupted build starts from nothing.
 */
export const defineTextGnnProfile = (environment: TextGnnEnvironment = {}): ProfileStrategy<TextGnnOptions> =>
  defineProfile<TextGnnOptions>({
    name: 'text-gnn',
    summary: 'texts that sum up K hops of the graph around each model, written by a language model or without one',
    options: textGnnOptions,
    needs: ['features'],
    designPoint: ({ hops }) => ({ form: 'structured', representation: 'text', hops, learning: 'training-free' }),
    cacheKey: ({ summarizer }, env) =>
      summarizer === 'llm' ? ANSWERS_DEPEND_ON.map((name) => env[name] ?? null) : undefined,
    plan: (input, given, ctx) => planTextGnn(input, given, ctx, environment.env),
    async build(input, given, ctx) {
      throwIfAborted(ctx);
      const options = completeTextGnnOptions(given);
      const { graph, encoder } = input;
      const positions = modelPositions('text-gnn', input);
      const asks = options.summarizer === 'llm' && options.hops > 0;
      const summarizer = asks
        ? llmSummarizer(graph, environment.languageModel ?? (await endpointModel(options, environment)), options)
        : extractiveSummarizer(graph, encoder, options);
      const around = await surroundings(input, options, ctx);
      const byHop = await textsByHop(input, options.hops, around, summarizer, ctx);

      const texts = positions.map((model) => (byHop.at(-1)!.model ?? nodeSet(graph, 'model')!.texts)[model]!);
      const vectors = await encodeAll(texts, encoder, ctx);
      const { notes, diagnostics } =
        options.hops > 0
          ? summarizer.report()
          : { notes: ['hops=0: texts are the cards, as they are'], diagnostics: {} };
      const set = finishProfileSet(this, input, ctx, {
        vectors: options.normalize ? normalizeRows(vectors) : vectors,
        // The model that was asked, also where the environment named it.
        options: {
          ...options,
          ...(asks && !environment.languageModel && { model: modelName(options, environment.env) }),
        },
        uses: { encoder: true, graph: true },
        texts,
        notes,
      });
      set.provenance.diagnostics = { ...set.provenance.diagnostics, ...diagnostics };
      await keepHopTexts(ctx, set.provenance, graph, byHop);
      return set;
    },
  });

/**
 * `text-gnn` as the process's environment sets it up; without further options texts are put together from sentences, and nothing
 * is sent anywhere. See `defineTextGnnProfile`.
 */
export const textGnnProfile = defineTextGnnProfile();
