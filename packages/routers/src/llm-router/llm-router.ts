import {
  assertMadeBy,
  corruptFile,
  defineRouter,
  explained,
  inPool,
  parsePart,
  throwIfAborted,
  z,
  type ChatModel,
  type Completion,
  type Decision,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
  type Usage,
} from '@routeprofile/schema';
import { bestSingleRouter } from '../common/best-single.js';
import { dollars } from '../wrappers/figures.js';
import { promoted } from '../wrappers/wrapped.js';
import { choicePrompt, namedModel, shortened, type Described } from './ask.js';

const NAME = 'llm-router';
const options = z.strictObject({
  /** Characters of what is known of each model that the language model reads. Default 600. */
  descriptionCharacters: z.number().int().min(1).default(600),
  /** Characters of a query that it reads, from its beginning. Default 4,000. */
  queryCharacters: z.number().int().min(1).default(4000),
  /** Queries that are asked about at the same time. Default 4. */
  concurrency: z.number().int().min(1).max(64).default(4),
});
export type LlmRouterOptions = z.infer<typeof options>;

const state = z.object({
  languageModel: z.string(),
  texts: z.array(z.string()),
  order: z.array(z.object({ model: z.string(), score: z.number() })),
});

/** One question to the language model and what came of it. */
export interface LlmRouterCall {
  /** The candidate that the answer names; null where it names none, or several. */
  named: string | null;
  answer: string;
  /** Tokens of all attempts. */
  usage: Usage;
  /** Dollars by `dollarsOf`; absent without it. */
  cost?: number;
}

/** What the router needs beside options: who is asked, and what that costs. */
export interface LlmRouterEnvironment {
  /** Reads the profiles and names a model. Settings that make its answers depend on the prompt alone (temperature 0) make decisions repeatable. */
  languageModel: ChatModel;
  /** Dollars of a call, such as `(usage) => costOf(usage, price)` of `@routeprofile/providers`. */
  dollarsOf?: (usage: Usage) => number;
  /** Is given every call, so that whoever routes can add up what routing costs. */
  onCall?: (call: LlmRouterCall) => void;
}

/**
 * A language model reads what is known of each candidate (the texts of the profiles, else the cards) and the query, and names a
 * candidate; descriptors in a prompt as in Router-R1 (arXiv 2506.09033), whose model is trained for it by reinforcement, while this one is
 * asked as it is. Of training rows only the best single model is learned: it answers where nobody, or more than one, is named. Every
 * decision is a call, whose tokens (and dollars) its reason states. Scores are places: the named model first, the others by their
 * mean outcome on training rows.
 *
 * @returns a strategy; `decide` of its routers throws what the language model throws (NETWORK)
 */
export const defineLlmRouter = (environment: LlmRouterEnvironment): RouterStrategy<LlmRouterOptions> =>
  defineRouter<LlmRouterOptions>({
    name: NAME,
    summary: 'a language model reads what is known of each model and names one',
    options,
    needs: ['training'],
    async fit(input, chosen, ctx) {
      throwIfAborted(ctx);
      const single = await bestSingleRouter.fit(input, {}, ctx);
      const [{ ranked } = { ranked: [] }] = await single.decide({ texts: [''] });
      const texts = textsOf(input);
      const cut = texts.filter((text) => shortened(text, chosen.descriptionCharacters).endsWith('…')).length;
      if (cut > 0)
        ctx.logger?.info(
          `${NAME}: what is known of ${cut} of ${texts.length} models is cut to ${chosen.descriptionCharacters} characters (descriptionCharacters)`,
        );
      const learned: z.infer<typeof state> = {
        languageModel: environment.languageModel.id,
        texts,
        order: ranked.map(({ model, score }) => ({ model, score })),
      };
      return create(
        {
          manifest: {
            version: 1,
            strategy: NAME,
            options: { ...chosen },
            models: [...input.models],
            encoder: null,
            dimensions: null,
            seed: ctx.seed,
            state: learned,
          },
          weights: {},
        },
        environment,
      );
    },
    async load(artifact, ctx) {
      const { languageModel } = parsePart(NAME, 'state', state, artifact.manifest.state);
      if (languageModel !== environment.languageModel.id)
        ctx.logger?.warn(`${NAME}: it was fitted with ${languageModel}; now ${environment.languageModel.id} is asked`);
      return create(artifact, environment);
    },
  });

/** What is known of each candidate: its profile's text, else its card's; empty where there is neither. */
function textsOf({ models, profiles, cards }: RouterInput): string[] {
  return models.map((model) => {
    const own = profiles.texts?.[profiles.models.indexOf(model)];
    return own ?? cards.find(({ name }) => name === model)?.text ?? '';
  });
}

function create(artifact: RouterArtifact, { languageModel, dollarsOf, onCall }: LlmRouterEnvironment): Router {
  assertMadeBy(NAME, artifact);
  const { manifest } = artifact;
  const chosen = parsePart(NAME, 'options', options, manifest.options);
  const { texts, order } = parsePart(NAME, 'state', state, manifest.state);
  const { models } = manifest;
  if (
    texts.length !== models.length ||
    [...models].sort().join('\n') !==
      order
        .map(({ model }) => model)
        .sort()
        .join('\n')
  )
    throw corruptFile(NAME, 'state does not speak of the router’s models');
  const candidates = models.map((model, m): Described => ({ model, text: texts[m]! }));
  const [best] = order;

  const decided = ({ named, answer, usage, cost }: LlmRouterCall): Decision => {
    const read = usage.uncachedInput + usage.cacheRead + usage.cacheWrite;
    const paid = `${read} tokens read, ${usage.output} written${cost === undefined ? '' : `, ${dollars(cost)}`}`;
    const plain: Decision = { model: best!.model, ranked: order.map((entry) => ({ ...entry })), reasons: [] };
    return named === null
      ? explained(
          plain,
          NAME,
          `the language model named none of the candidates, or several: ${JSON.stringify(shortened(answer, 60))}; ${best!.model}, the best single model, answers (${paid})`,
        )
      : promoted(plain, named, NAME, `the language model named ${named} (${paid})`);
  };

  return {
    models,
    async decide({ texts: queries }, ctx = { seed: manifest.seed }) {
      let done = 0;
      const calls = await inPool(queries, chosen.concurrency, async (query) => {
        throwIfAborted(ctx);
        const messages = choicePrompt(candidates, query, chosen);
        const call = callOf(await languageModel.complete({ messages, label: NAME }, ctx), models, dollarsOf);
        onCall?.(call);
        ctx.onProgress?.({ stage: `${NAME}: asked`, done: ++done, total: queries.length, unit: 'queries' });
        return call;
      });
      const unnamed = calls.filter(({ named }) => named === null).length;
      if (unnamed > 0)
        ctx.logger?.warn(
          `${NAME}: ${unnamed} of ${calls.length} answers named no candidate, or several; ${best!.model}, the best single model, answers there`,
        );
      return calls.map(decided);
    },
    save: async () => structuredClone(artifact),
  };
}

function callOf(
  { text, usage }: Completion,
  models: readonly string[],
  dollarsOf: LlmRouterEnvironment['dollarsOf'],
): LlmRouterCall {
  return { named: namedModel(text, models), answer: text, usage, ...(dollarsOf && { cost: dollarsOf(usage) }) };
}
