import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { throwIfAborted } from '../context.js';
import { defineGrader } from '../define.js';
import type { Grade, GraderPlugin } from '../grader.js';
import { failingTests } from './failing-tests.js';
import { describeGraderContract } from './index.js';

const grader = (grade: (answer: string, reference: unknown) => Grade, heeds = true): GraderPlugin<object> =>
  defineGrader({
    name: 'toy',
    summary: 'equal or not',
    options: z.object({}),
    create: () => ({
      specVersion: 1,
      name: 'toy',
      async grade({ reference }, { text }, ctx) {
        if (heeds) throwIfAborted(ctx);
        return grade(text, reference);
      },
    }),
  });
const equal = (text: string, reference: unknown): Grade => ({
  score: reference === undefined ? null : text === reference ? 1 : 0,
});

describeGraderContract({ describe, it, expect }, grader(equal));

describe('the suite of graders', () => {
  it.each([
    ['scores beyond 1', grader((text, reference) => ({ score: text === reference ? 100 : 0 })), 'better answer'],
    ['scores turned around', grader((text, reference) => ({ score: text === reference ? 0 : 1 })), 'better answer'],
    ['a grader that cannot be stopped', grader(equal, false), 'stops when asked'],
    [
      'a grader that answers can break',
      grader((text, reference) => {
        if (text.startsWith('{')) throw new TypeError('odd');
        return equal(text, reference);
      }),
      'grades any text',
    ],
  ])('finds %s', async (_, broken, failing) => {
    const failed = await failingTests((runner) => describeGraderContract(runner, broken));
    expect(failed).toContainEqual(expect.stringContaining(failing));
  });
});
