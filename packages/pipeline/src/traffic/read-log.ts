import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonLines, systemCode } from '@routeprofile/data';
import { plural, RouteProfileError, type RunContext } from '@routeprofile/schema';
import type { DecisionLog, LogOptions } from './decision.js';
import { readJournal } from './journal.js';
import { readOutcomeLog } from './outcome-log.js';

const JOURNAL = 'journal.jsonl';
const OUTCOMES = 'outcomes.jsonl';

const kindOf = (path: string): Promise<'file' | 'folder' | undefined> =>
  stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    (cause: unknown) => {
      if (systemCode(cause) === 'ENOENT' || systemCode(cause) === 'ENOTDIR') return undefined;
      throw cause;
    },
  );

/** The file of a log. @throws RouteProfileError MISSING_FILE */
async function fileOf(path: string): Promise<string> {
  const kind = await kindOf(path);
  if (kind === 'file') return path;
  if (kind === 'folder')
    for (const name of [JOURNAL, OUTCOMES]) if ((await kindOf(join(path, name))) === 'file') return join(path, name);
  throw new RouteProfileError(
    'MISSING_FILE',
    kind === undefined ? `${path} does not exist` : `${path} holds neither ${JOURNAL} nor ${OUTCOMES}`,
    { hint: 'Give the state folder of the gateway, its journal, or a dataset of logged decisions with propensities.' },
  );
}

async function holdsOutcomes(path: string): Promise<boolean> {
  for await (const { value } of readJsonLines(path))
    return typeof value === 'object' && value !== null && 'models' in value && 'query' in value;
  return false;
}

/**
 * Decisions of live traffic that can judge routers: of a gateway's journal (the file or its folder), of a file of its decisions, or of
 * a dataset of logged decisions.
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT also for a log without a decision that can be used, BAD_OPTION, ABORTED
 */
export async function readDecisionLog(
  path: string,
  options: LogOptions = {},
  ctx: Pick<RunContext, 'signal' | 'onProgress'> = {},
): Promise<DecisionLog> {
  const file = await fileOf(path);
  const outcomes = await holdsOutcomes(file);
  const given = (['route', 'since', 'feedback', 'sources'] as const).find((name) => options[name] !== undefined);
  if (outcomes && given !== undefined)
    throw new RouteProfileError('BAD_OPTION', `${file} holds outcomes, which do not say their ${given}`, {
      hint: `Omit it, or give the journal of the gateway.`,
    });
  const log = outcomes ? await readOutcomeLog(file, ctx) : await readJournal(file, options, ctx);
  if (log.decisions.length > 0) return log;
  const why = log.leftOut.map(({ reason, rows }) => `${rows} ${reason}`).join('; ');
  const hint = outcomes
    ? 'Each row needs a model with a score and a propensity.'
    : 'Are requests sent to a route, such as the model `auto`?';
  const counted = log.leftOut.reduce((sum, { rows }) => sum + rows, 0);
  throw new RouteProfileError(
    'BAD_INPUT',
    counted === 0 ? `${file} holds no decision` : `${file}: none of ${plural(counted, 'decision')} can be used: ${why}`,
    { hint },
  );
}
