import type { Candidate, Price } from '@routeprofile/schema';
import type { CatalogueEntry } from './entry.js';

/**
 * How alike two ids have to be, each rule laxer than the one before: equal; equal in lower case without what stands before the last
 * slash, or a provider's name and a colon; then also without a date, a `:tag` (but `:free`) or `-latest` at the end; then also with dots,
 * dashes and underscores as one.
 */
export const MATCH_RULES = ['exact', 'no-provider', 'no-version', 'no-punctuation'] as const;
export type MatchRule = (typeof MATCH_RULES)[number];

/** A `:free` offer is another one, with limits of its own, and says nothing of what the model costs. */
const VERSION = /(?:[:@](?!free$)[\w.-]*|-latest|-(?:19|20)\d{2}-?[01]\d-?[0-3]\d)$/;

function withoutVersion(id: string): string {
  let shorter = id;
  for (let last = ''; last !== shorter;) {
    last = shorter;
    shorter = shorter.replace(VERSION, '');
  }
  return shorter;
}

/** How promptfoo names a model: `openai:gpt-4o`, `anthropic:messages:claude-…`. Other ids have a colon before a tag. */
const CALLED_BY =
  /^(?:openai|azure(?:openai)?|anthropic|google|vertex|bedrock|mistral|groq|ollama|openrouter|together(?:ai)?|cohere|deepseek|xai|fireworks|cerebras):(?:(?:chat|completion|messages|responses):)?/;

const withoutProvider = (id: string): string =>
  id
    .slice(id.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(CALLED_BY, '');

const KEYS: Readonly<Record<MatchRule, (id: string) => string>> = {
  exact: (id) => id,
  'no-provider': withoutProvider,
  'no-version': (id) => withoutVersion(withoutProvider(id)),
  'no-punctuation': (id) => withoutVersion(withoutProvider(id)).replace(/[._\s-]+/g, '-'),
};

/** A candidate that was found in the catalogue. */
export interface MatchedModel {
  /** The candidate's id. */
  id: string;
  rule: MatchRule;
  /** Of several entries with the same price, the first. */
  entry: CatalogueEntry;
  /** How many entries with that price the rule finds. */
  entries: number;
}

/** A candidate that several entries with different prices fit: none is taken. */
export interface AmbiguousModel {
  id: string;
  rule: MatchRule;
  entries: readonly CatalogueEntry[];
}

/** Which candidates are in a catalogue. */
export interface CatalogueMatches {
  matched: readonly MatchedModel[];
  ambiguous: readonly AmbiguousModel[];
  unmatched: readonly string[];
}

/** Whether two prices say the same, as far as both say it. */
const samePrice = (a: Price, b: Price): boolean =>
  a.input === b.input &&
  a.output === b.output &&
  (['cachedInput', 'cacheWrite'] as const).every(
    (part) => a[part] === undefined || b[part] === undefined || a[part] === b[part],
  );

/**
 * Finds candidates in a catalogue by the first rule of `MATCH_RULES` that finds anything: by what is called (`model`), else by the
 * candidate's id. Entries without a price count only where no entry that the rule finds has one. Linear in both lists.
 */
export function matchCatalogue(
  candidates: readonly Pick<Candidate, 'id' | 'model'>[],
  entries: readonly CatalogueEntry[],
): CatalogueMatches {
  const indices = [
    // Who writes `openai/gpt` means the entry of that id, not what other providers call so.
    { rule: 'exact' as const, found: indexOf(entries, ({ id }) => [id]) },
    ...MATCH_RULES.map((rule) => ({
      rule,
      found: indexOf(entries, ({ id, model }) => [KEYS[rule](id), KEYS[rule](model)]),
    })),
  ];
  const matched: MatchedModel[] = [];
  const ambiguous: AmbiguousModel[] = [];
  const unmatched: string[] = [];
  for (const { id, model } of candidates) {
    const hit = firstHit(indices, [...new Set([model, id])]);
    if (hit === undefined) {
      unmatched.push(id);
      continue;
    }
    const priced = hit.entries.filter(({ price }) => price !== undefined);
    const fitting = priced.length > 0 ? priced : hit.entries;
    const [first, ...others] = fitting;
    const agree = others.every(({ price }) => price === undefined || samePrice(price, first!.price!));
    if (agree) matched.push({ id, rule: hit.rule, entry: first!, entries: fitting.length });
    else ambiguous.push({ id, rule: hit.rule, entries: fitting });
  }
  return { matched, ambiguous, unmatched };
}

function indexOf(
  entries: readonly CatalogueEntry[],
  keysOf: (entry: CatalogueEntry) => readonly string[],
): ReadonlyMap<string, readonly CatalogueEntry[]> {
  const index = new Map<string, CatalogueEntry[]>();
  for (const entry of entries)
    for (const key of new Set(keysOf(entry))) {
      const known = index.get(key);
      if (known) known.push(entry);
      else index.set(key, [entry]);
    }
  return index;
}

function firstHit(
  indices: readonly { rule: MatchRule; found: ReadonlyMap<string, readonly CatalogueEntry[]> }[],
  names: readonly string[],
): { rule: MatchRule; entries: readonly CatalogueEntry[] } | undefined {
  for (const { rule, found } of indices)
    for (const name of names) {
      const key = KEYS[rule](name);
      const entries = key === '' ? undefined : found.get(key);
      if (entries !== undefined) return { rule, entries };
    }
  return undefined;
}
