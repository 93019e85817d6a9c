import { basename, resolve } from 'node:path';
import {
  ageInDays,
  cardsFileOf,
  datasetEntries,
  loadDataset,
  matchModels,
  PRICE_LISTS,
  readCatalogue,
  searchCatalogue,
  writePricedCards,
  type Catalogue,
  type CatalogueEntry,
  type CatalogueMatches,
  type Counted,
  type Dataset,
  type DateKind,
  type MatchRule,
  type Price,
  type PriceList,
  type WrittenCards,
} from '@routeprofile/data';
import { plural, RouteProfileError } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { formatColumns } from '../ui/format.js';

/** Flags of `models`. */
export interface ModelsFlags extends CommonFlags {
  prices?: string[];
  profiles?: string[];
  provider?: string[];
  data?: string;
  write?: string;
  replace?: boolean;
  top?: number;
}

const TOP = 40;
/** Days after which a list is called old: several providers change prices within a quarter. */
const OLD = 90;

/** A dataset and what the catalogue has of its candidates. */
interface Found {
  dir: string;
  /** The file from which a run takes its candidates' prices. */
  cardsFile: string;
  candidates: readonly CatalogueEntry[];
  matches: CatalogueMatches;
  written?: WrittenCards;
}

/**
 * `models`: price lists, profiles and a dataset's candidates as one catalogue.
 * @throws RouteProfileError as the readers do, and BAD_OPTION for flags that need another
 */
export async function modelsCommand(search: string | undefined, flags: ModelsFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  checkFlags(flags);
  const now = new Date();
  const catalogue = await readCatalogue({
    ...(flags.prices && { prices: flags.prices }),
    ...(flags.profiles && { profiles: flags.profiles }),
    ...(flags.provider && { providers: flags.provider }),
    now,
  });
  for (const { warnings } of catalogue.profiles) for (const warning of warnings) console.logger.warn(warning);
  const found = flags.data === undefined ? undefined : await candidatesIn(flags.data, catalogue, flags, io.signal);
  const isEmpty = catalogue.entries.length === 0;
  const models = searchCatalogue(catalogue.entries, search ?? '');
  if (flags.json) {
    console.printJson({
      lists: catalogue.lists.map(({ entries, ...list }) => ({
        ...list,
        ageDays: age(list, now),
        models: entries.length,
      })),
      models,
      ...(found && { data: { dir: found.dir, candidates: found.candidates, ...found.matches } }),
      ...(found?.written && { written: found.written }),
      ...(isEmpty && { priceLists: PRICE_LISTS }),
    });
    return 0;
  }
  const parts = [
    ...catalogue.lists.map((list) => describeList(list, now)),
    ...(found ? [describeFound(found, isEmpty)] : []),
    // With a dataset its candidates are what is asked for, unless something is searched.
    ...(isEmpty || (found && search === undefined) ? [] : [table(models, flags.top ?? TOP, search)]),
    ...(isEmpty ? [howToFetch(found?.dir)] : []),
  ];
  console.print(parts.join('\n\n'));
  return 0;
}

function checkFlags({ prices, provider, data, write, replace }: ModelsFlags): void {
  const needs = (given: unknown, flag: string, other: unknown, needed: string) => {
    if (given !== undefined && other === undefined)
      throw new RouteProfileError('BAD_OPTION', `${flag} needs ${needed}`, { hint: 'See `models --help`.' });
  };
  needs(write, '--write', data, '--data DIR: the dataset whose candidates get prices');
  needs(replace, '--replace', write, '--write FILE');
  needs(provider, '--provider', prices, '--prices FILE');
}

async function candidatesIn(
  dir: string,
  catalogue: Catalogue,
  flags: ModelsFlags,
  signal: AbortSignal,
): Promise<Found> {
  const dataset: Dataset = await loadDataset(dir, { testRows: false, signal });
  const matches = matchModels(dataset.candidates, catalogue);
  const found = { dir, cardsFile: cardsFileOf(dir, dataset), candidates: datasetEntries(dataset, dir), matches };
  if (flags.write === undefined) return found;
  if (matches.matched.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${flags.write} is not written: no candidate of ${dir} was found`, {
      hint:
        matches.ambiguous.length > 0
          ? 'Several entries fit, with different prices: omit --write to see them, and choose with --provider.'
          : 'Give a list or a profile that has them: --prices FILE, --profiles FILE.',
    });
  const options = { replace: flags.replace ?? false };
  return { ...found, written: await writePricedCards(flags.write, dir, dataset, matches.matched, options) };
}

const age = ({ date }: Pick<PriceList, 'date'>, now: Date): number | null =>
  date === null ? null : ageInDays(date, now);

const DATED: Readonly<Record<DateKind, string>> = {
  'newest-entry': 'the date of its newest entry',
  modified: 'when the file was last written',
};

function describeList(list: PriceList, now: Date): string {
  const days = age(list, now);
  const dated =
    list.date === null || days === null || list.dateFrom === null
      ? 'of unknown date'
      : `of ${list.date}, ${days < 0 ? `${plural(-days, 'day')} from now` : `${plural(days, 'day')} old`} (${DATED[list.dateFrom]})`;
  const counted = (what: string, things: readonly Counted[]) =>
    things.map((thing) => `- ${what}${thing.what}: ${plural(thing.count, 'model')} (${examples(thing)})`);
  return [
    `${list.source}: ${plural(list.entries.length, 'model')} in the form of ${list.format}, ${dated}.`,
    ...(days !== null && days > OLD ? ['- Prices of that age are often wrong: fetch the list again.'] : []),
    ...counted('left out: ', list.leftOut),
    ...counted('', list.remarks),
  ].join('\n');
}

const examples = ({ count, examples: some }: Counted): string =>
  `${some.join(', ')}${count > some.length ? ', …' : ''}`;

const money = (dollars: number | undefined): string => (dollars === undefined ? '–' : String(dollars));
const priceCells = (price: Price | undefined): string[] => [
  money(price?.input),
  money(price?.output),
  money(price?.cachedInput),
];
const PRICE_HEAD = ['input', 'output', 'cached'];

const count = (tokens: number | undefined): string => tokens?.toLocaleString('en-US') ?? '–';

const CAPABILITIES = [
  ['tools', 'tools'],
  ['vision', 'vision'],
  ['audio', 'audio'],
  ['logprobs', 'logprobs'],
  ['reasoning', 'reasoning'],
  ['jsonSchema', 'schema'],
  ['jsonMode', 'json'],
  ['local', 'local'],
] as const;

function capabilityCell({ capabilities = {} }: CatalogueEntry): string {
  const has = CAPABILITIES.filter(([name]) => capabilities[name] === true).map(([, word]) => word);
  const words = [...has, ...(capabilities.region === undefined ? [] : [capabilities.region])];
  return words.length === 0 ? '–' : words.join(' ');
}

function columns(entries: readonly CatalogueEntry[]): string {
  // Only profiles and datasets know scores.
  const scored = entries.some(({ scores }) => scores !== undefined);
  const rows = entries.map((entry) => [
    entry.id,
    ...priceCells(entry.price),
    count(entry.limits?.contextTokens),
    capabilityCell(entry),
    ...(scored ? [scoreCell(entry)] : []),
    basename(resolve(entry.source)),
    entry.date ?? '–',
  ]);
  const head = ['id', ...PRICE_HEAD, 'context', 'capabilities', ...(scored ? ['scores'] : []), 'source', 'date'];
  return formatColumns([head, ...rows]);
}

const scoreCell = ({ scores }: CatalogueEntry): string => {
  const values = Object.values(scores ?? {});
  if (values.length === 0) return '–';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${mean.toFixed(1)} on ${plural(values.length, 'task')}`;
};

const UNITS = 'Prices in dollars per million tokens, context in tokens.';

function table(models: readonly CatalogueEntry[], most: number, search: string | undefined): string {
  if (models.length === 0)
    return `No model in the catalogue has ${JSON.stringify(search ?? '')} in its id or provider.`;
  const shown = models.slice(0, most);
  const rest = models.length - shown.length;
  return [
    columns(shown),
    ...(rest > 0 ? [`… and ${plural(rest, 'more model')}: give words to look for, --top N, or --json for all.`] : []),
    UNITS,
  ].join('\n');
}

const RULES: Readonly<Record<MatchRule, string>> = {
  exact: 'the same id',
  'no-provider': 'without provider, in lower case',
  'no-version': 'also without date, :tag, -latest',
  'no-punctuation': 'also with . - _ as one',
};

function describeFound({ dir, cardsFile, candidates, matches, written }: Found, isEmpty: boolean): string {
  const { matched, ambiguous, unmatched } = matches;
  if (isEmpty) return [`Candidates of ${dir}, as its own cards describe them:`, columns(candidates), UNITS].join('\n');
  const rows = matched.map(({ id, rule, entry, entries }) => [
    id,
    entry.id,
    ...priceCells(entry.price),
    basename(entry.source),
    entry.date ?? '–',
    `${RULES[rule]}${entries > 1 ? ` (${entries} entries, one price)` : ''}`,
  ]);
  return [
    `${matched.length} of ${plural(candidates.length, 'candidate')} of ${dir} found.`,
    ...(matched.length > 0
      ? [formatColumns([['candidate', 'found as', ...PRICE_HEAD, 'source', 'date', 'by'], ...rows]), UNITS]
      : []),
    ...(ambiguous.length > 0
      ? [`\nSeveral prices, so none is taken; name a --provider, or \`model\` in the card:`]
      : []),
    ...ambiguous.map(({ id, rule, entries }) => `- ${id} (${RULES[rule]}): ${offers(entries)}`),
    ...(unmatched.length > 0 ? [`\nNot found: ${unmatched.join(', ')}.`] : []),
    ...(written ? [`\n${describeWritten(written, cardsFile, candidates.length)}`] : []),
  ].join('\n');
}

const OFFERS = 6;

/** `heron/m 0.15 / 0.6, cloud/m 0.2 / 0.6 and 3 more`. */
function offers(entries: readonly CatalogueEntry[]): string {
  const shown = entries
    .slice(0, OFFERS)
    .map(({ id, price }) => `${id} ${money(price?.input)} / ${money(price?.output)}`);
  return `${shown.join(', ')}${entries.length > OFFERS ? ` and ${entries.length - OFFERS} more` : ''}`;
}

function describeWritten({ file, priced, replaced }: WrittenCards, cardsFile: string, candidates: number): string {
  const both = ({ input, output }: Partial<Price>) => `${money(input)} / ${money(output)}`;
  return [
    `Wrote ${file}: cards of ${plural(candidates, 'candidate')}, ${priced.length} with a price from the catalogue.`,
    ...replaced.map(({ id, before, after }) => `- ${id}: ${both(before)} became ${both(after)}`),
    ...(resolve(file) === resolve(cardsFile) ? [] : [`A run reads ${cardsFile}.`]),
  ].join('\n');
}

/** What to do without a list: none ships, for it would be wrong within weeks. */
function howToFetch(dir: string | undefined): string {
  const width = Math.max(...PRICE_LISTS.map(({ format }) => format.length));
  return [
    'No price list is given, and none ships with this command: prices change from week to week. Fetch one:',
    ...PRICE_LISTS.map(({ format, url }) => `  ${format.padEnd(width)}  curl -o prices.json ${url}`),
    `Then: npx @routeprofile/cli models --prices prices.json${dir === undefined ? '' : ` --data ${dir}`}`,
  ].join('\n');
}
