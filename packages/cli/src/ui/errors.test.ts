import { describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { describeError } from './errors.js';

const problems = (count: number) => Array.from({ length: count }, (_, i) => `a.csv: line ${i + 2}: score: is wrong`);

describe('describeError', () => {
  it('says how many problems there are beyond those it prints, whoever left them out', () => {
    const details = problems(50);
    const error = new RouteProfileError('BAD_INPUT', `import: 1234 problems; the first: ${details[0]}`, {
      details,
      unlisted: 1184,
    });
    const lines = describeError(error).split('\n');
    // The first is in the message, 20 more are printed: 1,213 are left.
    expect(lines).toHaveLength(1 + 20 + 1);
    expect(lines.at(-1)).toBe('  … and 1,213 more');
  });

  it('says a single problem once', () => {
    const [only] = problems(1);
    expect(describeError(new RouteProfileError('BAD_INPUT', only!, { details: [only!] }))).toBe(`error: ${only}`);
  });

  it('prints all of a short list, and no rest', () => {
    const text = describeError(new RouteProfileError('BAD_INPUT', 'several', { details: problems(20), hint: 'Mend.' }));
    expect(text.split('\n')).toHaveLength(22);
    expect(text).not.toContain('more');
  });
});
