import type {
  Candidate,
  Capabilities,
  Latency,
  Limits,
  ModelCard,
  ModelCardFile,
  OutcomeValues,
  Price,
  QueryRecord,
  TaskScore,
  TokenUse,
} from '@routeprofile/schema';

const NO_FAMILY = 'unknown';

export const familyOf = (card: ModelCardFile): string | null =>
  card.architecture && card.architecture.toLowerCase() !== NO_FAMILY ? card.architecture : null;

/** Dollars per million tokens; null unless those of input and output are known. */
function priceOf(card: ModelCardFile | undefined): Price | null {
  if (typeof card?.input_price !== 'number' || typeof card.output_price !== 'number') return null;
  const {
    input_price: input,
    output_price: output,
    cached_input_price: cachedInput,
    cache_write_price: cacheWrite,
  } = card;
  return {
    input,
    output,
    ...(typeof cachedInput === 'number' && { cachedInput }),
    ...(typeof cacheWrite === 'number' && { cacheWrite }),
  };
}

/** An id that an API takes is a word or few; published cards also hold whole sentences in its place. */
export const isSentence = (text: string): boolean => text.trim().split(/\s+/).length > 5;

/** What to call the model by: what the first card that names it says, else its id. */
const calledModel = (id: string, cards: readonly (ModelCardFile | undefined)[]): string =>
  cards.map((card) => card?.model?.trim()).find((name) => name && !isSentence(name)) ?? id;

/** Tokens, each as the first card that says it says. */
function limitsOf(cards: readonly (ModelCardFile | undefined)[]): Limits | undefined {
  const first = (field: 'context_tokens' | 'max_output_tokens') =>
    cards.map((card) => card?.[field]).find((known) => typeof known === 'number');
  const [contextTokens, maxOutputTokens] = [first('context_tokens'), first('max_output_tokens')];
  if (typeof contextTokens !== 'number' && typeof maxOutputTokens !== 'number') return undefined;
  return {
    ...(typeof contextTokens === 'number' && { contextTokens }),
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
  };
}

/** What the first card that says anything of it says. */
function capabilitiesOf(cards: readonly (ModelCardFile | undefined)[]): Capabilities | undefined {
  const said = cards.map((card) => card?.capabilities).find((known) => known);
  if (!said) return undefined;
  const { json_mode: jsonMode, json_schema: jsonSchema, ...others } = said;
  const { tools, vision, audio, logprobs, reasoning, region, local } = others;
  return {
    ...(jsonMode !== undefined && { jsonMode }),
    ...(jsonSchema !== undefined && { jsonSchema }),
    ...(tools !== undefined && { tools }),
    ...(vision !== undefined && { vision }),
    ...(audio !== undefined && { audio }),
    ...(logprobs !== undefined && { logprobs }),
    ...(reasoning !== undefined && { reasoning }),
    ...(region !== undefined && { region }),
    ...(local !== undefined && { local }),
  };
}

/** Seconds, as the first card that says anything of it says. */
function latencyOf(cards: readonly (ModelCardFile | undefined)[]): Latency | undefined {
  const said = cards.map((card) => card?.latency).find((known) => known);
  if (!said) return undefined;
  const { first_token: firstToken, per_output_token: perOutputToken, total, p90 } = said;
  return {
    ...(firstToken !== undefined && { firstToken }),
    ...(perOutputToken !== undefined && { perOutputToken }),
    ...(total !== undefined && { total }),
    ...(p90 !== undefined && { p90 }),
  };
}

/** Measured scores only. */
const scoresOf = (card: ModelCardFile): Map<string, TaskScore> =>
  new Map(
    Object.entries(card.detailed_scores).flatMap(([task, value]) =>
      value === null ? [] : [[task, { value }] as const],
    ),
  );

/** What stands for a model that nobody described. Without its scores: those of a new model may yet be taken back. */
const bareText = (name: string, family: string | null): string =>
  family === null ? `${name}, a language model.` : `${name}, a language model of the ${family} family.`;

/**
 * A card as files hold it → as the rest of the code reads it: family null when unknown, price null unless those of input and
 * output are known, and a text of its name and family where the card has none.
 */
export function modelCard(name: string, card: ModelCardFile, auxiliary: boolean): ModelCard {
  const family = familyOf(card);
  const text = card.feature.trim() === '' ? bareText(name, family) : card.feature;
  return { name, text, family, scores: scoresOf(card), price: priceOf(card), auxiliary };
}

/** A running mean. */
interface Mean {
  sum: number;
  count: number;
}

const add = (mean: Mean, value: number): void => {
  if (Number.isNaN(value)) return;
  mean.sum += value;
  mean.count++;
};
const result = ({ sum, count }: Mean): number | undefined => (count === 0 ? undefined : sum / count);
const empty = (): Mean => ({ sum: 0, count: 0 });

/** Mean tokens per task and mean latency of one model on the training queries. */
function usage(queries: readonly QueryRecord[], values: OutcomeValues, column: number, models: number) {
  const latency = empty();
  const perTask = new Map<string, { input: Mean; output: Mean }>();
  queries.forEach(({ task }, i) => {
    const at = i * models + column;
    add(latency, values.latency[at]!);
    if (task === null) return;
    const means = perTask.get(task) ?? { input: empty(), output: empty() };
    perTask.set(task, means);
    add(means.input, values.inputTokens[at]!);
    add(means.output, values.outputTokens[at]!);
  });
  const tokens: Record<string, TokenUse> = {};
  for (const [task, { input, output }] of perTask)
    if (input.count + output.count > 0) tokens[task] = { input: result(input), output: result(output) };
  return { tokens, latency: result(latency) };
}

/**
 * A candidate as its cards tell: what it is called by, its price, limits, capabilities and latency.
 * @param id the cards' key; without cards, or where they do not say it, also what the model is called by
 * @param cards the sources of its facts, the more trusted first
 */
export function candidateOf(id: string, cards: readonly (ModelCardFile | undefined)[]): Candidate {
  const params = cards.map((card) => card?.params).find((known) => known);
  const price = cards.map(priceOf).find((known) => known !== null);
  const limits = limitsOf(cards);
  const capabilities = capabilitiesOf(cards);
  const latency = latencyOf(cards);
  return {
    id,
    model: calledModel(id, cards),
    ...(params && { params }),
    ...(price && { price }),
    ...(limits && { limits }),
    ...(capabilities && { capabilities }),
    ...(latency && { latency }),
  };
}

/**
 * Candidates in order, with what their cards and their training outcomes tell. Two may be called by one model.
 * @param ids keys of the cards and of the outcomes
 * @param cardsOf the sources of a candidate's facts, the more trusted first
 */
export function candidatesOf(
  ids: readonly string[],
  cardsOf: (id: string) => readonly (ModelCardFile | undefined)[],
  queries: readonly QueryRecord[],
  values: OutcomeValues | null,
): Candidate[] {
  return ids.map((id, column) => {
    const used = values === null ? null : usage(queries, values, column, ids.length);
    const known = candidateOf(id, cardsOf(id));
    // The median and the 90th percentile that a card states are of other calls than those measured here.
    const { total: _total, p90: _p90, ...parts } = known.latency ?? {};
    return {
      ...known,
      ...(used?.latency !== undefined && { latency: { ...parts, total: used.latency } }),
      ...(used && Object.keys(used.tokens).length > 0 && { tokensPerTask: used.tokens }),
    };
  });
}

/** Fills costs that are not stored from tokens and prices, where both are known. Dollars per call. */
export function fillCosts(values: OutcomeValues, candidates: readonly Candidate[]): void {
  const { cost, inputTokens, outputTokens } = values;
  for (let i = 0; i < cost.length; i++) {
    const price = candidates[i % candidates.length]?.price;
    // NaN stays NaN where a token count is missing.
    if (price && Number.isNaN(cost[i]))
      cost[i] = (inputTokens[i]! * price.input + outputTokens[i]! * price.output) / 1e6;
  }
}
