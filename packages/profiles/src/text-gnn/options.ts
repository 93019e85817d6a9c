import { costOf, NO_USAGE } from '@routeprofile/providers';
import { z } from '@routeprofile/schema';
import { decideRepairs, refuseContradictions, type Repairs } from '../common/compat.js';
import { templatesSchema } from './prompts/prompt.js';

export interface TextGnnRepairs {
  neighbours: 'scores' | 'published';
  topK: number;
  names: boolean;
  api: 'chat' | 'completions';
  normalize: boolean;
}

const repairs: Repairs<TextGnnRepairs> = {
  repaired: { neighbours: 'scores', topK: 8, names: true, api: 'chat', normalize: true },
  published: { neighbours: 'published', topK: 5, names: false, api: 'completions', normalize: false },
};

/** Options that may be set beside `compat`, as the published code could be told to, or as an endpoint may demand. */
const FREE = { topK: undefined, api: undefined, normalize: undefined };

/** Where a secret could hide in an address that is saved with the options. */
const holdsNoSecret = (address: string) => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url === undefined || (url.username === '' && url.password === '' && url.search === '');
};

export const textGnnOptions = z
  .strictObject({
    /** Rounds of summarising, K in the paper. Default 2. 0 encodes the models' own texts. */
    hops: z.number().int().min(0).max(16).default(2),
    /** Who writes: `extractive` (default) picks sentences of the neighbourhood, `llm` asks a language model. */
    summarizer: z.enum(['extractive', 'llm']).default('extractive'),
    /** Everything about neighbours and names as published; see the README for what cannot be. */
    compat: z.boolean().default(false),
    /**
     * `scores` (default): best and worst models of a task and tasks of a model by score, queries by similarity, every node
     * once, chosen once by the graph's own texts. `published`: the topK nearest by text, anew at every hop, the first queries
     * of the file, domains twice, no scores for domains and families.
     */
    neighbours: z.enum(['scores', 'published']).optional(),
    /** Neighbours of a kind in a prompt, at most; where scores order them, half are the best and half the worst. Default 8; 5 under `compat`. */
    topK: z.number().int().min(1).max(1_000).optional(),
    /** Whether texts tell the names of nodes. Default true; false under `compat`. */
    names: z.boolean().optional(),
    /** Profiles of unit length. Default true; false under `compat`. */
    normalize: z.boolean().optional(),

    /** Extractive: words of a text, at most. Default 200. */
    words: z.number().int().min(20).max(2_000).default(200),
    /** Extractive: how much a sentence like those already chosen loses, in [0, 1]: 1 − λ of maximal marginal relevance. Default 0.4. */
    diversity: z.number().min(0).max(1).default(0.4),

    /** The model to ask. Default: ROUTEPROFILE_LLM_MODEL. */
    model: z.string().min(1).optional(),
    /** Such as `http://localhost:8000/v1`. Default: ROUTEPROFILE_LLM_BASE_URL, else OPENAI_BASE_URL, else OpenAI's. */
    baseUrl: z
      .string()
      .refine(holdsNoSecret, 'options are saved: put an address that holds a secret in ROUTEPROFILE_LLM_BASE_URL')
      .optional(),
    /** `chat` (default): /chat/completions, the model's own chat template. `completions`: /completions, the bare prompt, as published. */
    api: z.enum(['chat', 'completions']).optional(),
    /** System prompt; none by default. */
    system: z.string().min(1).optional(),
    /** Default 0; null sends none, for models that refuse it. */
    temperature: z.number().min(0).max(2).nullable().default(0),
    /** Tokens of an answer, at most. Default 500. */
    maxTokens: z.number().int().min(16).max(100_000).default(500),
    /** How the endpoint calls that limit. Default `max_tokens`. */
    maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
    /** Tokens of a prompt, at most (default 4,000), as estimated: a quarter of its UTF-8 bytes, and 8 a message. Longer ones are shortened. */
    promptTokens: z.number().int().min(100).max(10_000_000).default(4_000),
    /** Further fields of the request, such as `{ chat_template_kwargs: { enable_thinking: false } }`. They are saved. */
    body: z.record(z.string(), z.unknown()).optional(),
    /** Requests at a time. Default 4. */
    concurrency: z.number().int().min(1).max(256).default(4),
    /** Attempts after the first, default 5: 408, 409, 429, 5xx, timeouts, empty and cut answers. */
    retries: z.number().int().min(0).max(20).default(5),
    /** Seconds per attempt. Default 120. */
    timeout: z.number().gt(0).max(3_600).default(120),
    /** Dollars per million tokens read; both prices are needed for a cost. */
    inputPrice: z.number().min(0).optional(),
    /** Dollars per million tokens written. */
    outputPrice: z.number().min(0).optional(),
    /** Prompts of your own by node type; see `DEFAULT_TEMPLATES` for the placeholders. */
    templates: templatesSchema.optional(),
  })
  .superRefine((given, context) => refuseContradictions(repairs)({ ...given, ...FREE }, context))
  .superRefine((given, context) => {
    if (given.summarizer === 'llm') return;
    for (const key of ['model', 'baseUrl', 'api', 'system', 'body', 'templates'] as const)
      if (given[key] !== undefined)
        context.addIssue({ code: 'custom', path: [key], message: 'is for summarizer=llm, which was not asked for' });
  })
  .overwrite((given) => ({
    ...given,
    ...decideRepairs(repairs, given),
    // An extractive text has no endpoint.
    ...(given.summarizer === 'extractive' && { api: undefined }),
  }));

/** Options of `textGnnProfile`, parsed: seconds, dollars per million tokens. Each member tells its default. A key is never among them. */
export type TextGnnOptions = z.output<typeof textGnnOptions>;

/** Options with every repair decided. */
export type CompleteTextGnnOptions = Omit<TextGnnOptions, keyof TextGnnRepairs> & TextGnnRepairs;

export const completeTextGnnOptions = (given: TextGnnOptions): CompleteTextGnnOptions => ({
  ...given,
  ...decideRepairs(repairs, given),
});

/** Dollars per million tokens. */
export type Prices = Pick<TextGnnOptions, 'inputPrice' | 'outputPrice'>;

/** Dollars for these tokens; undefined unless both prices are known. */
export const dollarsOf = (
  { promptTokens, completionTokens }: { promptTokens: number; completionTokens: number },
  { inputPrice: input, outputPrice: output }: Prices,
): number | undefined =>
  input === undefined || output === undefined
    ? undefined
    : costOf({ ...NO_USAGE, uncachedInput: promptTokens, output: completionTokens }, { input, output });
