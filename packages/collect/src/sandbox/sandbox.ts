import { randomBytes } from 'node:crypto';
import { RouteProfileError, throwIfAborted, z } from '@routeprofile/schema';
import { runChild, type ChildResult } from './child.js';
import { LAUNCHERS, type Launcher } from './launchers.js';
import { DEFAULT_CODE_LIMITS, type CodeLimits } from './limits.js';
import { findPythons } from './python.js';
import { testIsolation } from './self-test.js';

/** A program and its tests, as Python text. */
export interface CodeTask {
  /** The same program in several readings; the first that compiles runs. */
  sources: readonly string[];
  /** Run one after another in the program's namespace; an exception is a failure. */
  tests: readonly string[];
}

/**
 * - `pass`: every test ran through
 * - `fail`: the program or a test raised
 * - `syntax`: no reading compiles
 * - `timeout`: out of time; `killed`: ended otherwise (memory, output, an early exit)
 * - `bad-tests`: the tests do not compile, so that nothing can be said of the program
 */
export type Verdict = 'pass' | 'fail' | 'syntax' | 'timeout' | 'killed' | 'bad-tests';

/** What became of one program. */
export interface CodeResult {
  verdict: Verdict;
  /** The error, at most 200 characters. */
  detail: string | null;
}

/** Runs programs nobody vouches for, one a call; see `openCodeSandbox`. */
export interface CodeSandbox {
  /** What isolates, which Python runs, and what stays open on this machine, if anything. */
  how: string;
  /**
   * Runs a program and its tests.
   * @param options `limits`: what differs from `DEFAULT_CODE_LIMITS`
   * @throws RouteProfileError ABORTED. Nothing the program does makes it throw.
   */
  run(
    task: CodeTask,
    options?: { limits?: Partial<CodeLimits>; signal?: AbortSignal | undefined },
  ): Promise<CodeResult>;
}

/** Whether programs can be isolated here, and how or why not. */
export interface CodeSandboxStatus {
  /** Programs can be isolated here. */
  ok: boolean;
  /** What isolates, which Python runs, and what stays open on this machine, if anything; null when nothing isolates. */
  how: string | null;
  /** Why there is no sandbox: what was tried, and what came of it; null when there is one. */
  reason: string | null;
}

const answerSchema = z.object({
  token: z.string(),
  verdict: z.enum(['pass', 'fail', 'syntax', 'bad-tests']),
  detail: z.string().nullable(),
});

/** How launchers tell of SIGXCPU, signal 24, by which the kernel ends a process at its limit of processor time. */
const OUT_OF_TIME = 'exit code 152';

function readAnswer(child: ChildResult, token: string): CodeResult {
  if (child.ended === 'timeout') return { verdict: 'timeout', detail: null };
  if (child.ended === 'output') return { verdict: 'killed', detail: 'wrote too much' };
  try {
    const answer = answerSchema.safeParse(JSON.parse(child.stdout));
    if (answer.success && answer.data.token === token)
      return { verdict: answer.data.verdict, detail: answer.data.detail };
  } catch {
    // No answer, or not the runner's.
  }
  return child.exit === OUT_OF_TIME ? { verdict: 'timeout', detail: null } : { verdict: 'killed', detail: child.exit };
}

async function findLauncher(
  names: readonly Launcher['name'][],
): Promise<{ launch: string[]; how: string } | { reason: string }> {
  if (process.platform !== 'linux') return { reason: `needs Linux, this is ${process.platform}` };
  const pythons = await findPythons();
  if (pythons.length === 0) return { reason: 'no Python 3 was found on the PATH' };
  const reasons: string[] = [];
  for (const launcher of LAUNCHERS.filter(({ name }) => names.includes(name)))
    for (const python of pythons) {
      const { reason, open } = await testIsolation(launcher, python);
      if (reason === null)
        return {
          launch: launcher.command(python),
          how: `${launcher.name}, Python ${python.version} (${python.executable})${open === null ? '' : `; not closed: ${open}`}`,
        };
      reasons.push(`${launcher.name}: ${reason}`);
    }
  return { reason: reasons.join(' | ') || 'no way to isolate programs was given' };
}

/** How programs are isolated. */
export interface SandboxOptions {
  /** Ways to isolate, tried in the order bwrap, unshare. Default both. */
  launchers?: readonly Launcher['name'][];
}

/** Whether programs can be run apart from this machine, found out by trying; made for `doctor`. */
export async function codeSandboxStatus(options: SandboxOptions = {}): Promise<CodeSandboxStatus> {
  const found = await findLauncher(options.launchers ?? ['bwrap', 'unshare']);
  return 'how' in found ? { ok: true, how: found.how, reason: null } : { ok: false, how: null, reason: found.reason };
}

/**
 * A sandbox for programs nobody vouches for: a process of its own without network, files, environment or other processes of
 * this machine, and without sockets of any family but AF_UNIX, AF_INET and AF_INET6, with limits of time, memory, processes and files. It is tried before it is handed out.
 * @throws RouteProfileError UNSUPPORTED where programs cannot be isolated.
 */
export async function openCodeSandbox(options: SandboxOptions = {}): Promise<CodeSandbox> {
  const found = await findLauncher(options.launchers ?? ['bwrap', 'unshare']);
  if ('reason' in found)
    throw new RouteProfileError('UNSUPPORTED', `programs cannot be run in isolation here: ${found.reason}`, {
      hint: 'Install bubblewrap 0.8 or later and Python 3 on Linux with user namespaces, or go without running code.',
    });
  return {
    how: found.how,
    async run(task, { limits, signal } = {}) {
      throwIfAborted({ signal });
      const all = { ...DEFAULT_CODE_LIMITS, ...limits };
      const token = randomBytes(16).toString('hex');
      const child = await runChild(found.launch, {
        input: JSON.stringify({ ...task, token, limits: all }),
        timeout: all.wallSeconds * 1000,
        signal,
      });
      throwIfAborted({ signal });
      return readAnswer(child, token);
    },
  };
}
