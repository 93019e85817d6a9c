import { queryText, querySchema, RouteProfileError, type Decision, type RunContext } from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache.js';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { openBackend } from '../pipeline/backend.js';
import { openRouter } from '../pipeline/saved-router.js';
import { openSavedEncoder, readingEncoder } from '../pipeline/prepare.js';
import { formatColumns } from '../ui/format.js';
import { required } from './flags.js';

export interface RouteFlags extends CommonFlags {
  router?: string;
  plugin?: string;
  task?: string;
  encoder?: string;
  cache?: string;
  backend?: string;
  top?: number;
}

/** Standard input: one query a line; a line that is a JSON string or a list of chat messages is read as such. */
async function readQueries(input: AsyncIterable<string | Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      if (!/^\s*["[]/.test(line)) return line;
      try {
        const parsed = querySchema.safeParse(JSON.parse(line));
        return parsed.success ? queryText(parsed.data) : line;
      } catch {
        return line;
      }
    });
}

function describe(query: string, decision: Decision, top: number): string {
  const rows = decision.ranked
    .slice(0, top)
    .map(({ model, score }, i) => [i === 0 ? '→' : ' ', model, score.toFixed(4)]);
  const reasons = decision.reasons.map((reason) => `  ${reason.text}`);
  const shown = query.length > 100 ? `${query.slice(0, 99)}…` : query;
  return [shown.replace(/\s+/g, ' '), formatColumns(rows), ...reasons].join('\n');
}

export async function routeCommand(query: string, flags: RouteFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const ctx: RunContext = { ...console.context, seed: 42 };
  if (flags.backend !== undefined) await openBackend(flags.backend);
  const loaded = await openRouter(required(flags.router, '--router DIR'), flags.plugin, ctx);
  const texts = query === '-' ? await readQueries(io.stdin) : [query];
  if (texts.length === 0)
    throw new RouteProfileError('BAD_INPUT', 'standard input held no query', { hint: 'Write one query a line.' });
  const encoder =
    loaded.encoder === null
      ? undefined
      : await openSavedEncoder(
          loaded.encoder,
          { flag: flags.encoder },
          required(flags.router, '--router DIR'),
          { cache: flags.cache ?? defaultCacheFolder() },
          ctx,
        );
  try {
    const decisions = await loaded.router.decide(
      {
        texts,
        ...(encoder && { vectors: await readingEncoder(encoder, loaded).encode(texts, ctx), encoder: encoder.id }),
        ...(loaded.needsTasks && { tasks: texts.map(() => flags.task ?? null) }),
      },
      ctx,
    );
    console.settle();
    if (flags.json) console.printJson(query === '-' ? decisions : decisions[0]);
    else console.print(decisions.map((decision, i) => describe(texts[i]!, decision, flags.top ?? 8)).join('\n\n'));
  } finally {
    await encoder?.dispose?.();
  }
  return 0;
}
