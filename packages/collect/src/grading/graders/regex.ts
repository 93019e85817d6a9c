import { Script } from 'node:vm';
import { defineGrader, messageOf, RouteProfileError, throwIfAborted, z, type Grade } from '@routeprofile/schema';
import { em } from '../answers.js';
import { referencesOf } from './references.js';

/** Milliseconds that a pattern may look at one answer. */
const LONGEST = 1000;

/** The last match of the pattern and its first group. It is run by itself, as only so can a pattern that never ends be ended. */
const lastMatch = new Script(
  'const all = [...text.matchAll(new RegExp(pattern, flags))]; all.length === 0 ? null : [...all[all.length - 1]].slice(0, 2)',
);
const timeoutSchema = z.looseObject({ code: z.literal('ERR_SCRIPT_EXECUTION_TIMEOUT') });
const matchSchema = z.array(z.string().optional()).nullable();

/** Whether an answer fits a pattern; with a group, whether what it caught is the reference. */
export const regexGrader = /* @__PURE__ */ defineGrader({
  name: 'regex',
  summary:
    'whether the answer matches a pattern; of a pattern with a group, whether what it caught equals the reference',
  options: z.strictObject({
    /** A regular expression of JavaScript. */
    pattern: z.string().min(1),
    /** `i`: letter case aside; `m`, `s`, `u` as in JavaScript. */
    flags: z
      .string()
      .regex(/^[imsu]*$/, 'expected letters of i, m, s, u')
      .default(''),
  }),
  create({ pattern, flags }) {
    try {
      new RegExp(pattern, `g${flags}`);
    } catch (error) {
      throw new RouteProfileError('BAD_OPTION', `regex: ${messageOf(error)}`, {
        hint: 'pattern is a regular expression of JavaScript, such as "Answer: (\\w+)".',
      });
    }
    return {
      specVersion: 1,
      name: `regex:flags=${flags}:pattern=${pattern}`,
      async grade(item, { text }, ctx): Promise<Grade> {
        throwIfAborted(ctx);
        let found: z.infer<typeof matchSchema>;
        try {
          const context = { text, pattern, flags: `g${flags}` };
          found = matchSchema.parse(plain(lastMatch.runInNewContext(context, { timeout: LONGEST })));
        } catch (error) {
          // Made in the other realm: no instance of this one's Error.
          if (timeoutSchema.safeParse(error).success)
            return { score: null, reason: `the pattern took longer than ${LONGEST} ms` };
          throw error;
        }
        if (found === null) return { score: 0, reason: 'no match' };
        const [, caught] = found;
        const references = referencesOf(item);
        if (caught === undefined || references.length === 0) return { score: 1 };
        return { score: Math.max(...references.map((reference) => em(caught, reference))), reason: `caught ${caught}` };
      },
    };
  },
});

/** What another realm made, as this one's arrays. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
