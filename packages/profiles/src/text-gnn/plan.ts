import { processEnvironment } from '@routeprofile/providers';
import { parseOptions, throwIfAborted, type BuildPlan, type ProfileInput, type RunContext } from '@routeprofile/schema';
import { surroundings } from './hops.js';
import { modelName } from './llm/endpoint.js';
import { originalTexts, summarisedSets, type NodeTexts } from './neighbours/neighbourhood.js';
import { completeTextGnnOptions, dollarsOf, textGnnOptions } from './options.js';
import { promptOf } from './prompts/prompt.js';

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
