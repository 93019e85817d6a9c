import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFile, openAppender, readJsonLines, repairLastLine, writeError, type Appender } from '@routeprofile/data';
import { issueText, messageOf, plural, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { Feedback, Labelled, StateStore } from '../contracts/store.js';
import { createAccounts, dollarsOf, type Accounts, type Held } from '../store/accounts.js';
import { createDecisions, type Decisions } from '../store/decisions.js';
import { noteFeedback } from '../store/note-feedback.js';
import { createTopics } from '../store/topics.js';
import { createTurns } from '../store/turns.js';
import { journalLineSchema, type JournalLine } from './journal-lines.js';

/** How a journal is opened; all optional. */
export interface JournalOptions {
  /** Milliseconds since 1970. Default: the platform's clock. */
  now?: () => number;
  /** Decisions that `find`, `latest`, `feedback` and `said` know, the last ones; `read` gives all. Default 10,000. */
  maxRecords?: number;
  /** Is told what an earlier process left unfinished, and when the file cannot be written and can be again. */
  logger?: Logger;
}

/**
 * A store in a folder, for one process at a time: `journal.jsonl` grows by a line for each reservation, settlement, decision and feedback.
 * A call resolves once its line is on disk, so that nothing acknowledged is lost, however the process ends. Money that was held when it
 * ended counts in full in its window, as it may have been spent. The file is read once on opening, and nothing that is kept is taken off it.
 * While the disk is full reservations, decisions and feedback are refused; once there is room again they are kept. After any other failed
 * write everything is refused until the store is opened again.
 * @throws RouteProfileError OUTPUT_UNWRITABLE (also while another process has it), WRITE_FAILED, BAD_INPUT or CORRUPT_FILE for a damaged line
 */
export async function openJournal(
  dir: string,
  { now = Date.now, maxRecords = 10_000, logger }: JournalOptions = {},
): Promise<StateStore> {
  const path = join(dir, 'journal.jsonl');
  await mkdir(dir, { recursive: true }).catch((cause: unknown) => {
    throw writeError(dir, cause);
  });
  const unlock = await lockFile(`${path}.lock`, 'keeps its state in this folder');
  try {
    const accounts = createAccounts(now);
    const decisions = createDecisions(maxRecords);
    const lines = await restore(path, accounts, decisions, logger);
    return journalOf({ path, found: lines, accounts, decisions, appender: await openAppender(path), unlock, logger });
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Milliseconds that lines nobody waits for may take to go to disk together: each write costs more than all else that is done for a request. */
const TOGETHER_MS = 20;

interface JournalParts {
  path: string;
  /** Lines of the file. */
  found: number;
  accounts: Accounts;
  decisions: Decisions;
  appender: Appender;
  unlock: () => Promise<void>;
  logger: Logger | undefined;
}

function journalOf({ path, found, accounts, decisions, appender, unlock, logger }: JournalParts): StateStore {
  const topics = createTopics();
  const inTurn = createTurns();
  let onDisk = found;
  let closed: Promise<void> | undefined;
  /** What was spent and could not be written: goes with the next lines that can be, or it counts as all that was held. */
  const owed: string[] = [];
  let failing = false;
  const told = (error?: unknown) => {
    if ((error !== undefined) === failing) return;
    failing = !failing;
    if (failing)
      logger?.warn(`${messageOf(error)}. Until it can be written again budgets refuse, and decisions are not kept`);
    else logger?.info(`${path} is written again`);
  };
  const writeLines = async (given: readonly string[], withinMs: number): Promise<void> => {
    const late = owed.splice(0);
    const lines = late.length > 0 ? [...late, ...given] : given;
    try {
      await appender.append(lines.join('\n'), withinMs);
    } catch (error) {
      owed.unshift(...late);
      told(error);
      throw error;
    }
    onDisk += lines.length;
    told();
  };
  const write = (line: JournalLine, withinMs = 0): Promise<void> => writeLines([JSON.stringify(line)], withinMs);
  return {
    async reserve(scope, amount, limit, ttlMs) {
      // An id of its own in every process: one that an earlier process gave must not be settled by mistake.
      const held = accounts.reserve(crypto.randomUUID(), scope, amount, limit, ttlMs);
      if (held === undefined) return null;
      try {
        await write({ type: 'reserved', ...held });
      } catch (error) {
        accounts.settle(held.id, 0);
        throw error;
      }
      return { id: held.id };
    },
    async settle(reservation, actual) {
      const units = accounts.settle(reservation, actual);
      if (units === undefined) return;
      const line: JournalLine = { type: 'settled', id: reservation, units };
      await write(line, TOGETHER_MS).catch((error: unknown) => {
        owed.push(JSON.stringify(line));
        throw error;
      });
    },
    spent: async (scope, per) => accounts.spent(scope, per),
    async append(added) {
      const lines: string[] = [];
      const ids: string[] = [];
      for (const record of added) {
        const json = decisions.add(record);
        if (json === undefined) continue;
        lines.push(`{"type":"decision","record":${json}}`);
        ids.push(record.id);
      }
      if (lines.length === 0) return;
      await writeLines(lines, TOGETHER_MS).catch((error: unknown) => {
        // What nobody kept is kept when it comes again.
        for (const id of ids) decisions.forget(id);
        throw error;
      });
    },
    find: async (id) => decisions.find(id),
    latest: async (tenant, count) => decisions.latest(tenant, count),
    feedback: (said, most) =>
      // What is said meanwhile of the same decision comes after it, and is compared with it.
      inTurn(said.decision, async () => {
        const fate = decisions.fateOf(said, most);
        if (fate !== 'stored' && fate !== 'replaced') return fate;
        // Before it is known here: what nobody kept makes no duplicate of it when it is sent again.
        await write({ type: 'feedback', said });
        return decisions.note(said);
      }),
    said: async (decision) => decisions.said(decision),
    read: (from) => labelled(path, onDisk, from),
    async check() {
      try {
        await appender.check();
      } catch (error) {
        told(error);
        throw error;
      }
      told();
    },
    publish: topics.publish,
    subscribe: topics.subscribe,
    close() {
      topics.clear();
      return (closed ??= appender.close().then(unlock));
    },
  };
}

/** Lines of a journal, checked. @param count lines that are known to be whole; default: all */
async function* linesOf(path: string, count = Infinity): AsyncGenerator<{ at: number; line: JournalLine }> {
  if (count === 0) return;
  for await (const { line: at, value } of readJsonLines(path)) {
    const parsed = journalLineSchema.safeParse(value);
    if (!parsed.success)
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${at}: ${issueText(parsed.error.issues[0]!)}`, {
        hint: 'Correct or delete this line; whatever it held is then forgotten.',
      });
    yield { at, line: parsed.data };
    // What follows may be in the middle of being written.
    if (at >= count) return;
  }
}

/** Decisions with what was said of them, which may stand far behind them. @param from number of a line */
async function* labelled(path: string, count: number, from = '0'): AsyncGenerator<Labelled> {
  const feedback = new Map<string, Feedback[]>();
  for await (const { line } of linesOf(path, count))
    if (line.type === 'feedback') {
      const all = feedback.get(line.said.decision) ?? [];
      noteFeedback(all, line.said);
      feedback.set(line.said.decision, all);
    }
  const after = Number(from);
  for await (const { at, line } of linesOf(path, count))
    if (line.type === 'decision' && at > after)
      yield { cursor: String(at), record: line.record, feedback: feedback.get(line.record.id) ?? [] };
}

/** Reads what earlier processes wrote. @returns how many lines there are */
async function restore(path: string, accounts: Accounts, decisions: Decisions, logger?: Logger): Promise<number> {
  const dropped = await repairLastLine(path, journalLineSchema);
  if (dropped > 0)
    logger?.warn(
      `${path}: the last line was cut off (${dropped} bytes) and is dropped; nobody was told that it is kept`,
    );
  const open = new Map<string, Omit<Held, 'id'>>();
  let lines = 0;
  for await (const { at, line } of linesOf(path)) {
    lines = at;
    if (line.type === 'decision') decisions.add(line.record);
    else if (line.type === 'feedback') decisions.note(line.said);
    else if (line.type === 'reserved') open.set(line.id, line);
    else {
      const held = open.get(line.id);
      if (held === undefined) continue;
      accounts.restore({ ...held, units: line.units });
      open.delete(line.id);
    }
  }
  let units = 0;
  for (const held of open.values()) {
    accounts.restore(held);
    units += held.units;
  }
  if (open.size > 0)
    logger?.warn(
      `${path}: ${plural(open.size, 'reservation')} (${dollarsOf(units)} dollars) had not been settled when an earlier process ended, and count in full in their windows`,
    );
  return lines;
}
