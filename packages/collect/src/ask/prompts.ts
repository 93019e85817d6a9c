import { readFile } from 'node:fs/promises';
import { readJsonLines, sizeOfRegularFile } from '@routeprofile/data';
import {
  isFields,
  issueText,
  promptItemSchema,
  queryText,
  RouteProfileError,
  type PromptItem,
  type RunContext,
} from '@routeprofile/schema';

/** Other names of a field, as question sets have them. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  query: ['prompt', 'question', 'messages', 'text'],
  reference: ['answer', 'ground_truth', 'expected', 'answers', 'tests'],
  task: ['task_name', 'category', 'topic', 'subject'],
};

function withOurNames(value: unknown, line: number): unknown {
  if (!isFields(value)) return value;
  const named: Record<string, unknown> = { ...value };
  for (const [ours, others] of Object.entries(SPELLINGS)) {
    const other = others.find((name) => named[name] !== undefined);
    if (named[ours] !== undefined || other === undefined) continue;
    named[ours] = named[other];
    delete named[other];
  }
  named['id'] ??= `q${line}`;
  return named;
}

const isJson = (path: string) => /\.(jsonl|ndjson|json)$/i.test(path);

/**
 * Prompts of a file: JSON lines with `query` (a text or messages; `prompt`, `question` and `messages` are read too) and, if any, `id`,
 * `task`, `split`, `reference` and `metric`; or one text per line. Without an id, an item is called by its line: `q1`, `q2` ….
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, BAD_INPUT naming file and line
 */
export async function readPrompts(path: string, ctx: Pick<RunContext, 'signal'> = {}): Promise<PromptItem[]> {
  const items: PromptItem[] = [];
  const lines = new Map<string, number>();
  const add = (value: unknown, line: number) => {
    const parsed = promptItemSchema.safeParse(withOurNames(value, line));
    if (!parsed.success)
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${line}: ${issueText(parsed.error.issues[0]!)}`, {
        hint: 'A line is an object such as {"query": "What is 2 + 2?", "task": "sums", "reference": "4"}.',
      });
    const item = parsed.data;
    if ((queryText(item.query) ?? '').trim() === '')
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${line}: query: holds no text that a router could read`, {
        hint: 'Leave the line out, or give it a question: a text, or messages of which one is a user’s.',
      });
    const first = lines.get(item.id);
    if (first !== undefined)
      throw new RouteProfileError('BAD_INPUT', `${path}: lines ${first} and ${line} have the same id ${item.id}`, {
        hint: 'Give each query an id of its own, or none at all.',
      });
    lines.set(item.id, line);
    items.push(item);
  };
  if (isJson(path)) for await (const { line, value } of readJsonLines(path, ctx)) add(value, line);
  else {
    await sizeOfRegularFile(path);
    (await readFile(path, 'utf8')).split(/\r?\n/).forEach((text, i) => {
      if (text.trim() !== '') add({ query: text.trim() }, i + 1);
    });
  }
  if (items.length === 0) throw new RouteProfileError('BAD_INPUT', `${path}: holds no prompts`);
  return items;
}
