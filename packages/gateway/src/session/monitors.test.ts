import { describe, expect, it } from 'vitest';
import { milestoneMonitor, stuckMonitor } from './monitors.js';
import { inToolLoop, recentTurns } from './turns.js';

interface Step {
  /** Arguments of a call of `bash`. */
  run: string;
  says: string;
  failed?: boolean;
}
/** The same work as agents send it on each wire. */
const WIRES: Record<string, (steps: readonly Step[]) => unknown[]> = {
  chat: (steps) => [
    { role: 'user', content: 'Fix it.' },
    ...steps.flatMap(({ run, says, failed }, i) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: `c${i}`, type: 'function', function: { name: 'bash', arguments: run } }],
      },
      { role: 'tool', tool_call_id: `c${i}`, content: failed ? `Error: ${says}` : says },
    ]),
  ],
  responses: (steps) => [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix it.' }] },
    ...steps.flatMap(({ run, says, failed }, i) => [
      { type: 'reasoning', encrypted_content: 'x' },
      { type: 'function_call', call_id: `c${i}`, name: 'bash', arguments: run },
      {
        type: 'function_call_output',
        call_id: `c${i}`,
        output: JSON.stringify({ output: says, metadata: { exit_code: failed ? 1 : 0 } }),
      },
    ]),
  ],
  messages: (steps) => [
    { role: 'user', content: 'Fix it.' },
    ...steps.flatMap(({ run, says, failed }, i) => [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'So.' },
          { type: 'tool_use', id: `c${i}`, name: 'bash', input: { run } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: `c${i}`,
            content: [{ type: 'text', text: says }],
            ...(failed && { is_error: true }),
          },
        ],
      },
    ]),
  ],
};
const step = (run: string, failed = false): Step => ({ run, says: 'done', failed });
const steps = (...runs: string[]) => runs.map((run) => step(run));

describe.each(Object.keys(WIRES))('turns of %s', (wire) => {
  const turns = (given: readonly Step[], from = 0) => recentTurns(WIRES[wire]!(given), from);
  const verdict = (given: readonly Step[]) => stuckMonitor.observe(turns(given), { model: 'small' });

  it('hold calls and what came of them', () => {
    const read = turns([step('ls'), step('cat', true)]);
    expect(read.flatMap(({ calls }) => calls).map(({ name }) => name)).toEqual(['bash', 'bash']);
    expect(read.flatMap(({ results }) => results)).toEqual([{ error: false }, { error: true }]);
    expect(inToolLoop(read)).toBe(true);
    expect(inToolLoop(recentTurns([...WIRES[wire]!(steps('ls')), { role: 'user', content: 'And now?' }]))).toBe(false);
  });

  it('are stuck with the same call three times', () => {
    expect(verdict(steps('ls', 'cat', 'ls', 'cat'))).toBe('stay');
    expect(verdict(steps('ls', 'cat', 'ls', 'cat', 'ls'))).toBe('escalate');
    // Long ago is no circle: one of the three is not among the last ten.
    expect(verdict(steps('ls', ...'abcdefgh', 'ls', 'i', 'ls'))).toBe('stay');
  });

  it('are stuck with three errors of five', () => {
    const given = (...failed: number[]) => failed.map((bad, i) => step(`run ${i}`, bad === 1));
    expect(verdict(given(1, 0, 1, 0, 0))).toBe('stay');
    expect(verdict(given(0, 1, 0, 1, 0, 1))).toBe('escalate');
    expect(verdict(given(1, 1, 1, 0, 0, 0))).toBe('stay');
  });

  it('are those since the conversation went up', () => {
    const given = steps('ls', 'ls', 'ls');
    const all = WIRES[wire]!(given).length;
    expect(stuckMonitor.observe(turns(given, all), { model: 'small' })).toBe('stay');
  });
});

describe('what tools say', () => {
  const errorOf = (content: unknown) => recentTurns([{ role: 'tool', content }])[0]!.results[0]!.error;
  it.each([
    ['Traceback (most recent call last):\n  …', true],
    ['<tool_use_error>File does not exist.</tool_use_error>', true],
    ['{"error":"not found"}', true],
    ['{"error":null,"rows":3}', false],
    ['{"success":false}', true],
    ['{"exit_code":0,"output":"error: none"}', false],
    ['command exited with code 2', true],
    ['0 errors found', false],
    ['The function raises an error when empty.', false],
    [[{ type: 'text', text: 'fatal: not a git repository' }], true],
    [undefined, false],
  ])('%j', (content, error) => {
    expect(errorOf(content)).toBe(error);
  });
});

describe('recentTurns', () => {
  it('reads anything, and the last 64 turns only', () => {
    expect(recentTurns('Hello')).toEqual([]);
    expect(recentTurns([null, 3, { content: 'x' }])).toHaveLength(3);
    expect(recentTurns(Array.from({ length: 1_000 }, () => ({ role: 'user' })))).toHaveLength(64);
  });
});

describe('milestone', () => {
  it('releases with another step, and only then', () => {
    const observe = (step?: string, lastStep?: string) =>
      milestoneMonitor.observe([], {
        model: 'a',
        ...(step !== undefined && { step }),
        ...(lastStep !== undefined && { lastStep }),
      });
    expect([
      observe(),
      observe('plan', 'plan'),
      observe('code', 'plan'),
      observe('plan'),
      observe(undefined, 'plan'),
    ]).toEqual(['stay', 'stay', 'release', 'release', 'stay']);
  });
});
