import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines, writeFileAtomic } from '@routeprofile/data';
import {
  isFields,
  queryTextOf,
  type Fields,
  type OffPolicySuggestions,
  type QueryRecord,
  type RunConfig,
} from '@routeprofile/schema';

/** What `--suggest` writes into OUT: prompts that `collect` reads. */
const SUGGESTED_FILE = 'suggested.jsonl';

/**
 * Writes a line per suggested query: what the dataset says of it, its outcomes aside, the models to ask (`models`), and those that the
 * log has by luck (`measured`).
 * @param queries the test rows
 */
export async function writeSuggested(
  { ask, measured }: OffPolicySuggestions,
  queries: readonly QueryRecord[],
  config: RunConfig,
  ctx: { signal?: AbortSignal | undefined },
): Promise<string> {
  const lines = new Map<string, { models: string[]; measured: string[] }>();
  const lineOf = (id: string) => {
    const line = lines.get(id) ?? { models: [], measured: [] };
    lines.set(id, line);
    return line;
  };
  for (const { query, model } of ask) lineOf(query).models.push(model);
  for (const { query, model } of measured) lineOf(query).measured.push(model);
  const records = new Map(queries.filter(({ id }) => lines.has(id)).map((query) => [query.id, query]));
  const stored = await storedRows(config, records, ctx);
  const text = [...lines].map(([id, line]) => {
    const { text: query, task } = records.get(id)!;
    const own = stored.get(id) ?? { id, ...(task !== null && { task }), query };
    return `${JSON.stringify({ ...own, ...line, ...(line.measured.length === 0 && { measured: undefined }) })}\n`;
  });
  const path = join(config.out, SUGGESTED_FILE);
  await writeFileAtomic(path, text.join(''));
  return path;
}

/** Rows of the dataset's own file, where it has one: with the messages as they were sent, the right answer and the split. */
async function storedRows(
  { data, test }: RunConfig,
  wanted: ReadonlyMap<string, QueryRecord>,
  ctx: { signal?: AbortSignal | undefined },
): Promise<Map<string, Fields>> {
  const found = new Map<string, Fields>();
  const path = test ?? join(data, 'outcomes.jsonl');
  if (!path.endsWith('.jsonl') || !existsSync(path)) return found;
  for await (const { value } of readJsonLines(path, { ...(ctx.signal && { signal: ctx.signal }) })) {
    if (!isFields(value)) continue;
    const { models: _, ...row } = value;
    const id = String(row['id']);
    const record = found.has(id) ? undefined : wanted.get(id);
    // A text that lost a long beginning on the way is the end of what was asked.
    if (record && queryTextOf(row['query'])?.text.endsWith(record.text)) found.set(id, row);
  }
  return found;
}
