import { describe, expect, it } from 'vitest';
import { codeProblem, codeTask } from './tasks.js';

const PROMPT = 'from typing import List\n\ndef helper(x):\n    return x\n\ndef solve(x: int) -> int:\n    """Doc."""\n';
const CHECK = 'def check(candidate):\n    assert candidate(1) == 2\n';

describe('codeProblem', () => {
  it('reads assertions from a Python literal or an array', () => {
    const problem = { kind: 'assertions', assertions: ["assert f('a') == 1", 'assert g() is None'] };
    expect(codeProblem('', `["assert f('a') == 1", 'assert g() is None']`)).toEqual(problem);
    expect(codeProblem('', problem.assertions)).toEqual(problem);
  });

  it('reads a test program for the last function of the prompt', () =>
    expect(codeProblem(PROMPT.trimEnd(), CHECK)).toEqual({
      kind: 'completion',
      prompt: PROMPT,
      entry: 'solve',
      test: CHECK,
    }));

  it.each([['[]'], ['[1]'], ['not a list'], [''], [null], [3], [CHECK.replace('check', 'test')]])(
    'finds no tests in %j',
    (truth) => expect(codeProblem(PROMPT, truth)).toBeNull(),
  );
  it('needs a function to complete', () => expect(codeProblem('Write it.', CHECK)).toBeNull());
});

describe('codeTask', () => {
  const problem = codeProblem(PROMPT, CHECK)!;

  it('puts what the prompt brings before a whole function', () => {
    const { sources, tests } = codeTask(problem, '[BEGIN]\n  def solve(x):\n    return x + 1\n[Done]');
    expect(sources).toEqual([
      'from typing import List\n\ndef helper(x):\n    return x\n\ndef solve(x):\n  return x + 1\n',
    ]);
    expect(tests).toEqual([CHECK, 'check(solve)']);
  });

  it('puts a body after the prompt, at every indentation it may have lost', () => {
    const readings = (body: string) => codeTask(problem, `[BEGIN]\n${body}\n[Done]`).sources;
    const whole = `${PROMPT}    y = x\n    return y\n`;
    expect(readings('    y = x\n    return y')[0]).toBe(whole);
    expect(readings('  y = x\n  return y')[1]).toBe(whole);
    expect(readings('y = x\nreturn y')[1]).toBe(whole);
    expect(readings('y = x\n    return y')[2]).toBe(whole);
  });
});
