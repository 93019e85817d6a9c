import {
  defineGrader,
  queryText,
  RouteProfileError,
  throwIfAborted,
  z,
  type Grade,
  type ProgramRunner,
  type PromptItem,
  type RunContext,
} from '@routeprofile/schema';
import { codeProblem, codeTask } from '../../sandbox/tasks.js';

/** Runs an answer's program with the item's tests: 1 if all pass. */
export async function gradeProgram(
  item: PromptItem,
  text: string,
  sandbox: ProgramRunner,
  ctx: RunContext,
): Promise<Grade> {
  throwIfAborted(ctx);
  const problem = codeProblem(queryText(item.query) ?? '', item.reference);
  if (problem === null) return { score: null, reason: 'the item has no tests' };
  const { verdict, detail } = await sandbox.run(codeTask(problem, text), { signal: ctx.signal });
  const reason = detail === null ? verdict : `${verdict}: ${detail}`;
  return { score: verdict === 'bad-tests' ? null : verdict === 'pass' ? 1 : 0, reason };
}

/** Programs, run with the item's tests in a sandbox. */
export const codeGrader = /* @__PURE__ */ defineGrader({
  name: 'code',
  summary: "runs the answer's program with the item's tests, in a sandbox (Python)",
  options: z.strictObject({}),
  async create(_options, { openSandbox }) {
    if (!openSandbox)
      throw new RouteProfileError('BAD_OPTION', 'code: programs are run only where that is allowed', {
        hint: 'Add --allow-code-execution.',
      });
    const sandbox = await openSandbox();
    return {
      specVersion: 1,
      name: 'code',
      grade: (item, { text }, ctx) => gradeProgram(item, text, sandbox, ctx),
    };
  },
});
