import { open } from 'node:fs/promises';
import { readJsonLines } from '@routeprofile/data';
import { chooserOf, float32Of, issueText, RouteProfileError, z, type RunContext } from '@routeprofile/schema';
import { LeftOutCounter, type DecisionLog, type LoggedDecision, type LogOptions } from './decision.js';
import { Judgements } from './judgements.js';
import { readJournalLine, type JournalRecord } from './journal-line.js';

/** Decisions that are kept where nobody says how many. */
const MOST_DECISIONS = 100_000;

/** Why a decision says nothing of how a router chooses; undefined for one that does. */
function whyUnusable(record: JournalRecord, { route, since = -Infinity }: LogOptions): string | undefined {
  const { wire, router, served, model, reasons } = record;
  if (route !== undefined && record.route !== route) return 'requests of other routes';
  if (record.at < since) return 'requests before the given time';
  if (wire === 'embeddings') return 'calls that are not chats (embeddings)';
  if (router === null) return 'requests that named their model';
  const chooser = chooserOf(reasons);
  if (chooser === 'conversation') return 'requests of a conversation that stayed with its model';
  if (chooser === 'stand-in') return 'requests on which the router was late, busy or failed';
  if (served === null) return 'requests that nobody answered';
  if (served !== model) return 'requests that another model answered than was chosen';
  return undefined;
}

/** @throws RouteProfileError BAD_INPUT for bytes that are not whole float32 numbers, or not finite */
function vectorOf({ id, vector, router }: JournalRecord, path: string): LoggedDecision['vector'] {
  const encoder = router?.encoder;
  if (vector === undefined || encoder === null || encoder === undefined) return undefined;
  const bytes = atob(vector);
  const values = float32Of(bytes);
  if (bytes.length % 4 !== 0 || bytes.length === 0 || !values.every(Number.isFinite))
    throw new RouteProfileError('BAD_INPUT', `${path}: decision ${id}: its vector is not a list of float32 numbers`, {
      hint: 'Delete this line; or give only the decisions after it, with --since.',
    });
  return { encoder, values };
}

function decisionOf(record: JournalRecord, path: string): Omit<LoggedDecision, 'reward'> {
  const { id, at, text, model, propensity, requirements, ranked, attempts, served } = record;
  const vector = vectorOf(record, path);
  return {
    ...{ id, at, model, propensity },
    ...(text !== undefined && { text }),
    ...(vector && { vector }),
    requirements,
    allowed: ranked.map((one) => one.model),
    cost: attempts.findLast(({ candidate }) => candidate === served)?.cost ?? null,
  };
}

/** A file that is being written may end within a line. */
async function endsWithinLine(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, Math.max(0, size - 1));
    return size > 0 && last.toString() !== '\n';
  } finally {
    await file.close();
  }
}

/** Lines with their numbers; what is being written at the end is left for the next time. */
async function* wholeLines(path: string, ctx: Pick<RunContext, 'signal'>, torn: () => void) {
  const lines = readJsonLines(path, { ...(ctx.signal && { signal: ctx.signal }) });
  try {
    yield* lines;
  } catch (error) {
    const cut = RouteProfileError.isInstance(error) && (error.code === 'CORRUPT_FILE' || error.code === 'BAD_INPUT');
    if (!cut || !(await endsWithinLine(path))) throw error;
    torn();
  }
}

/**
 * Decisions of the gateway with what was said of them: a journal, also while it is being written, or a file of single decisions.
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT for a line that is neither a decision nor feedback, and where several kinds of
 *   feedback could be meant; ABORTED
 */
export async function readJournal(
  path: string,
  options: LogOptions,
  ctx: Pick<RunContext, 'signal' | 'onProgress'>,
): Promise<DecisionLog> {
  const { most = MOST_DECISIONS } = options;
  const leftOut = new LeftOutCounter();
  const judgements = new Judgements(options);
  const found: Omit<LoggedDecision, 'reward'>[] = [];
  const cut = () =>
    leftOut.add(`the newest ${most} decisions are used; older ones`, found.splice(0, found.length - most).length);
  for await (const { line, value } of wholeLines(path, ctx, () =>
    leftOut.add('the last line, which is being written'),
  )) {
    try {
      const { record, said } = readJournalLine(value);
      for (const one of said) judgements.add(one);
      if (record !== undefined) {
        const why = whyUnusable(record, options);
        if (why === undefined) found.push(decisionOf(record, path));
        else leftOut.add(why);
      }
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${line}: ${issueText(error.issues[0]!)}`, {
        hint: 'Expected a journal of the gateway, its decisions as JSON lines, or outcomes with propensities.',
      });
    }
    if (found.length >= 2 * most) cut();
    if (line % 10_000 === 0) ctx.onProgress?.({ stage: 'read the log', done: line, unit: 'lines' });
  }
  const distinct = new Map(found.map((one) => [one.id, one]));
  leftOut.add('decisions that stand there twice', found.length - distinct.size);
  const ordered = [...distinct.values()].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const rewardOf = judgements.rewards(path);
  found.splice(0, found.length, ...ordered);
  if (found.length > most) cut();
  return {
    path,
    kind: 'journal',
    decisions: found.map((one) => ({ ...one, reward: rewardOf(one.id) })),
    leftOut: leftOut.list(),
  };
}
