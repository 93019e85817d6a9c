import {
  defineProfile,
  normalizeRows,
  throwIfAborted,
  type ChatModel,
  type ProfileStrategy,
  parseOptions,
  type BuildPlan,
  type ProfileInput,
  type RunContext,
} from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import { encodeAll } from '../common/encode.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { extractiveSummarizer } from './extractive/extractive-summarizer.js';
import { keepHopTexts, surroundings, textsByHop } from './hops.js';
import { llmSummarizer } from './llm/llm-summarizer.js';
import { endpointModel, modelName, type LlmEnvironment } from './llm/endpoint.js';
import { completeTextGnnOptions, textGnnOptions, type TextGnnOptions, dollarsOf } from './options.js';
import { processEnvironment } from '@routeprofile/providers';
import { originalTexts, summarisedSets, type NodeTexts } from './neighbours/neighbourhood.js';
import { promptOf } from './prompts/prompt.js';

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

/**
 * What a build would ask of a language model. The prompts are those of the first hop: later ones hold answers, which nobody knows
 * yet. In `counts` every answer is as long as expected.
 */
export interface TextGnnPlan extends BuildPlan {
  /** Who would write the texts. */
  summarizer: 'extractive' | 'llm';
}

/** Tokens of an answer of 3 to 5 sentences. */
const EXPECTED_TOKENS = 150;

/**
 * What `build` would send, without sending it: for `--dry-run`. Kept answers are not looked up, so a resumed build costs less.
 * @param given options of `text-gnn` as a user gives them
 * @param env where the model may be named (`ROUTEPROFILE_LLM_MODEL`); default the process's environment
 * @throws RouteProfileError BAD_OPTION, LIMIT_EXCEEDED as `build` would.
 */
export async function planTextGnn(
  input: Pick<ProfileInput, 'graph' | 'cards' | 'features' | 'encoder'>,
  given: Record<string, unknown>,
  ctx: RunContext,
  env = processEnvironment(),
): Promise<TextGnnPlan> {
  throwIfAborted(ctx);
  const options = completeTextGnnOptions(parseOptions({ name: 'text-gnn', options: textGnnOptions }, given));
  const { graph } = input;
  const sets = summarisedSets(graph);
  const originals = originalTexts(graph);
  const around = await surroundings(input, options, ctx);

  const promptsOf = async (texts: NodeTexts) => {
    const neighbourhoods = await around(originals);
    return sets.map(({ type, names }) => ({
      type,
      prompts: (neighbourhoods[type] ?? []).map((one) => {
        const { messages, tokens, shortened } = promptOf(graph, one, texts, options);
        return { type, name: names[one.node]!, messages, tokens, shortened };
      }),
    }));
  };
  const first = await promptsOf(originals);
  const later = async (answerTokens: number) =>
    options.hops < 2 ? first : promptsOf({ ...originals, ...answersOf(sets, answerTokens) });
  const expected = Math.min(EXPECTED_TOKENS, options.maxTokens);

  const countsFor = async (answerTokens: number) => {
    const after = await later(answerTokens);
    return Array.from({ length: options.hops }, (_, i) =>
      (i === 0 ? first : after).map(({ type, prompts }) => ({
        hop: i + 1,
        type,
        prompts: prompts.length,
        promptTokens: prompts.reduce((sum, { tokens }) => sum + tokens, 0),
      })),
    ).flat();
  };
  const totalOf = (counts: TextGnnPlan['counts'], answerTokens: number) => {
    const prompts = counts.reduce((sum, one) => sum + one.prompts, 0);
    const promptTokens = counts.reduce((sum, one) => sum + one.promptTokens, 0);
    const completionTokens = prompts * answerTokens;
    return {
      prompts,
      promptTokens,
      completionTokens,
      cost: dollarsOf({ promptTokens, completionTokens }, options) ?? null,
    };
  };
  const counts = await countsFor(expected);
  const { promptTokens, completionTokens, cost } = totalOf(await countsFor(options.maxTokens), options.maxTokens);
  const sends = options.summarizer === 'llm' && options.hops > 0;
  return {
    summarizer: options.summarizer,
    sends,
    model: (options.summarizer === 'llm' && modelName(options, env)) || null,
    prompts: options.hops === 0 ? [] : first.flatMap(({ prompts }) => prompts),
    counts,
    totals: totalOf(counts, expected),
    atMost: { promptTokens, completionTokens, cost },
    notes: [
      ...(sends
        ? []
        : ['nothing would be sent: the prompts show what a language model would be asked with summarizer=llm']),
      `tokens are estimated as a quarter of the UTF-8 bytes; answers as ${expected} tokens, at most ${options.maxTokens}`,
      ...(options.neighbours === 'published' && options.hops > 1
        ? [
            'later hops are estimated with the neighbours of the first hop, though the published method chooses new ones',
          ]
        : []),
    ],
  };
}

/** Stand-ins of that many estimated tokens for the answers of an earlier hop. */
const answersOf = (sets: ReturnType<typeof summarisedSets>, tokens: number): NodeTexts => {
  const answer = 'word'.repeat(tokens);
  return Object.fromEntries(sets.map(({ type, names }) => [type, names.map(() => answer)]));
};
