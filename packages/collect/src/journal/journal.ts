import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hashJson, lockFile, openAppender, readJsonLines, repairLastLine, writeError } from '@routeprofile/data';
import { issueText, RouteProfileError, throwIfAborted, type ChatMessage, type RunContext } from '@routeprofile/schema';
import { journalLineSchema, type Answered, type FailedCall, type JournalLine } from './lines.js';

/** One call before it is sent. */
export type StartedCall = Pick<Answered, 'key' | 'query' | 'model'> & { bound: number };

/**
 * What was asked and what came of it, on disk before the next thing is asked. A call is written down twice: before it is sent, with
 * the most it can cost, and when it ended. A call without an end was in flight when the process died: the answer is lost, but it
 * may have been paid for, so it counts at its bound for ever, and asking again counts anew.
 */
export interface Journal {
  /** The answer to a call, if it came. */
  answer(key: string): Answered | undefined;
  /** The last failure of a call that has no answer. */
  failure(key: string): FailedCall | undefined;
  /**
   * Calls of a key to which some answer came, of use or not. A call that was cut off is repeated under the same number; see
   * `idempotencyKey` of a chat request.
   */
  settled(key: string): number;
  /** Dollars charged so far, with the bounds of lost calls. */
  readonly spent: number;
  /** Calls that were in flight when an earlier process died, and the dollars that they count. */
  lost: { calls: number; dollars: number };
  /** What was found odd on opening. */
  warnings: string[];
  /** @returns the number of the call, once the line is on disk */
  start(call: StartedCall): Promise<number>;
  /** @returns once the line is on disk */
  end(line: Answered | FailedCall): Promise<void>;
  /** Every answer, in the order they came. */
  answers(): Iterable<Answered>;
  close(): Promise<void>;
}

/** The key of a call. @param chat the id of the chat model, which names all its settings */
export const callKey = (chat: string, messages: readonly ChatMessage[]): string =>
  hashJson({ chat, messages: messages.map(({ role, content }) => ({ role, content })) }).slice(0, 32);

/**
 * Opens `answers.jsonl`, or begins it. A last line that was torn by a crash is taken off, and a warning says so.
 * @throws RouteProfileError OUTPUT_UNWRITABLE (also while another process collects into it), WRITE_FAILED, CORRUPT_FILE or BAD_INPUT
 * for a damaged line before the last
 */
export async function openJournal(path: string, ctx: Pick<RunContext, 'signal'> = {}): Promise<Journal> {
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    throw writeError(path, cause);
  });
  const unlock = await lockFile(`${path}.lock`, 'is collecting into this folder');
  try {
    const warnings = await repairEnd(path);
    const state = await readState(path, ctx);
    const appender = await openAppender(path);
    return {
      warnings,
      lost: state.lost,
      get spent() {
        return state.spent;
      },
      answer: (key) => state.answered.get(key),
      failure: (key) => state.failed.get(key),
      settled: (key) => state.settled.get(key) ?? 0,
      answers: () => state.answered.values(),
      async start(call) {
        const attempt = state.starts.get(call.key) ?? 0;
        state.starts.set(call.key, attempt + 1);
        const line: JournalLine = { type: 'started', ...call, attempt };
        await appender.append(JSON.stringify(line));
        return attempt;
      },
      async end(line) {
        await appender.append(JSON.stringify(line));
        note(state, line);
      },
      async close() {
        await appender.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface State {
  answered: Map<string, Answered>;
  failed: Map<string, FailedCall>;
  starts: Map<string, number>;
  settled: Map<string, number>;
  spent: number;
  lost: { calls: number; dollars: number };
}

function note(state: State, line: Answered | FailedCall): void {
  const { key } = line;
  state.spent += line.charged;
  if (line.type === 'answered' || line.came) state.settled.set(key, (state.settled.get(key) ?? 0) + 1);
  if (line.type === 'failed') {
    if (!state.answered.has(key)) state.failed.set(key, line);
    return;
  }
  state.answered.set(key, line);
  state.failed.delete(key);
}

async function readState(path: string, ctx: Pick<RunContext, 'signal'>): Promise<State> {
  const state: State = {
    answered: new Map(),
    failed: new Map(),
    starts: new Map(),
    settled: new Map(),
    spent: 0,
    lost: { calls: 0, dollars: 0 },
  };
  const open = new Map<string, number>();
  const of = ({ key, attempt }: JournalLine) => `${key} ${attempt}`;
  for await (const { line: at, value } of readJsonLines(path, ctx)) {
    throwIfAborted(ctx);
    const parsed = journalLineSchema.safeParse(value);
    if (!parsed.success)
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${at}: ${issueText(parsed.error.issues[0]!)}`, {
        hint: 'Correct or delete this line; whatever it held is then asked again.',
      });
    const line = parsed.data;
    if (line.type === 'started') {
      open.set(of(line), line.bound);
      state.starts.set(line.key, Math.max(state.starts.get(line.key) ?? 0, line.attempt + 1));
      continue;
    }
    open.delete(of(line));
    note(state, line);
  }
  for (const bound of open.values()) {
    state.lost.calls++;
    state.lost.dollars += bound;
  }
  state.spent += state.lost.dollars;
  return state;
}

/** Ends the file with a whole line. One that is whole but for its line break is kept: its answer was paid for. */
async function repairEnd(path: string): Promise<string[]> {
  const dropped = await repairLastLine(path, journalLineSchema);
  return dropped === 0
    ? []
    : [`${path}: the last line was cut off (${dropped} bytes) and is dropped; its call is asked again`];
}
