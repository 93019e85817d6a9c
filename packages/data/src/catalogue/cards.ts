import { join } from 'node:path';
import { CARD_SPELLINGS, RouteProfileError, type Dataset, type ModelCardFile, type Price } from '@routeprofile/schema';
import { cardsSchema, FieldLog } from '../dataset/fields.js';
import { exists } from '../disk/read.js';
import { readJsonFile, writeJsonFile } from '../disk/json.js';
import type { MatchedModel } from './match.js';

/** A price that a card had and that another took the place of. */
export interface ReplacedPrice {
  id: string;
  before: Partial<Price>;
  after: Price;
}

/** What `writePricedCards` wrote. */
export interface WrittenCards {
  file: string;
  /** Ids of the cards with a price from the catalogue, in the order of the file. */
  priced: readonly string[];
  replaced: readonly ReplacedPrice[];
}

type Card = Readonly<Record<string, unknown>>;

/** The catalogue's facts in the fields of a card. */
function factsOf({ entry }: MatchedModel): Partial<ModelCardFile> {
  const { price, limits = {}, latency = {}, source, date } = entry;
  return {
    ...(price && {
      input_price: price.input,
      output_price: price.output,
      cached_input_price: price.cachedInput,
      cache_write_price: price.cacheWrite,
      price_source: `${entry.id} in ${source}`,
      ...(date !== null && { price_date: date }),
    }),
    ...(limits.contextTokens !== undefined && { context_tokens: limits.contextTokens }),
    ...(limits.maxOutputTokens !== undefined && { max_output_tokens: limits.maxOutputTokens }),
    ...(Object.keys(latency).length > 0 && {
      latency: {
        first_token: latency.firstToken,
        per_output_token: latency.perOutputToken,
        total: latency.total,
        p90: latency.p90,
      },
    }),
  };
}

/** The catalogue's capabilities in the fields of a card. */
function capabilitiesOf({ entry: { capabilities = {} } }: MatchedModel): Card {
  const { jsonMode: json_mode, jsonSchema: json_schema, ...others } = capabilities;
  return {
    ...(json_mode !== undefined && { json_mode }),
    ...(json_schema !== undefined && { json_schema }),
    ...others,
  };
}

/** Fields under their own names only: another spelling beside them would say something else. */
function withFields(card: Card, facts: Card): Card {
  const replaced = new Set(Object.keys(facts));
  const kept = Object.entries(card).filter(([name]) => !replaced.has(CARD_SPELLINGS.get(name)?.field ?? ''));
  return { ...Object.fromEntries(kept), ...facts };
}

const priceIn = (card: ModelCardFile | undefined): Partial<Price> => ({
  ...(typeof card?.input_price === 'number' && { input: card.input_price }),
  ...(typeof card?.output_price === 'number' && { output: card.output_price }),
});

/**
 * Cards of every model, in the order of the cards that are there and then of the models, so that nothing about the order of
 * models changes. Matched ones get the price of the catalogue, and limits, capabilities and latency where the card says none. Texts,
 * scores and unknown fields stay; a model that nothing is known of gets an empty card.
 */
export function pricedCards(
  models: readonly string[],
  cards: Readonly<Record<string, ModelCardFile>>,
  matches: readonly MatchedModel[],
): { cards: Record<string, Card>; priced: string[]; replaced: ReplacedPrice[] } {
  const found = new Map(matches.map((match) => [match.id, match]));
  const order = [...new Set([...Object.keys(cards), ...models])];
  const replaced: ReplacedPrice[] = [];
  const made = order.map((id): [string, Card] => {
    const card = Object.hasOwn(cards, id) ? cards[id] : undefined;
    const match = found.get(id);
    if (match === undefined) return [id, card ?? {}];
    const { context_tokens, max_output_tokens, latency, ...price } = factsOf(match);
    const limits = { context_tokens, max_output_tokens, latency };
    const missing = Object.entries(limits).filter(
      ([field, value]) => value !== undefined && (card?.[field] ?? undefined) === undefined,
    );
    const capabilities = { ...capabilitiesOf(match), ...card?.capabilities };
    const before = priceIn(card);
    const { price: after } = match.entry;
    const differs = (part: 'input' | 'output') => before[part] !== undefined && before[part] !== after?.[part];
    if (after && (differs('input') || differs('output'))) replaced.push({ id, before, after });
    return [
      id,
      withFields(card ?? {}, {
        ...price,
        ...Object.fromEntries(missing),
        ...(Object.keys(capabilities).length > 0 && { capabilities }),
      }),
    ];
  });
  const priced = order.filter((id) => found.get(id)?.entry.price !== undefined);
  return { cards: Object.fromEntries(made), priced, replaced };
}

/** Where a dataset folder has the cards of its candidates. */
export const cardsFileOf = (dir: string, { layout }: Pick<Dataset, 'layout'>): string =>
  layout === 'published' ? join(dir, 'profile_data', 'candidate_models.json') : join(dir, 'models.json');

/** Candidates, and models left out that may be candidates in another mode, in the order of the dataset. */
function namesOf({ candidates, leftOut, cards }: Pick<Dataset, 'candidates' | 'leftOut' | 'cards'>): string[] {
  const ids = candidates.map(({ id }) => id);
  const routed = new Set([...ids, ...leftOut.map(({ model }) => model)]);
  return [...new Set([...cards.map(({ name }) => name).filter((name) => routed.has(name)), ...ids])];
}

/**
 * Writes the cards of a dataset's candidates with what a catalogue says of them (see `pricedCards`) into a file of the form of
 * `models.json` and `candidate_models.json`. Cards are taken over from the file, or else from the dataset's own.
 * @param dir the dataset's folder
 * @throws RouteProfileError OUTPUT_UNWRITABLE when the file is there and `replace` is not set; BAD_INPUT for cards that break their format
 */
export async function writePricedCards(
  file: string,
  dir: string,
  dataset: Pick<Dataset, 'layout' | 'candidates' | 'leftOut' | 'cards'>,
  matches: readonly MatchedModel[],
  options: { replace?: boolean } = {},
): Promise<WrittenCards> {
  const there = await exists(file);
  if (there && options.replace !== true)
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `${file}: is there already`, {
      hint: 'Write to another file, or put prices into this one with --replace; its texts and scores stay.',
    });
  const own = there ? file : cardsFileOf(dir, dataset);
  const before = (await exists(own)) ? await readJsonFile(own, cardsSchema(new FieldLog())) : {};
  const { cards, priced, replaced } = pricedCards(namesOf(dataset), before, matches);
  await writeJsonFile(file, cards);
  return { file, priced, replaced };
}
