import type { Completion } from '../chat.js';
import { RouteProfileError } from '../errors.js';
import type { GivenAnswer, Grade, Grader, GraderParts, GraderPlugin, PromptItem } from '../grader.js';
import { parseOptions } from '../options.js';
import { fingerprint } from './fingerprint.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';

/** What the suite tries a grader on. */
export interface GraderContractOptions<O> {
  /** Options without defaults. */
  options?: unknown;
  /** An item that the grader can grade. Default: the query `What is 2 + 2?` with the reference `4`. */
  item?: PromptItem;
  /** An answer to it that is worth more than `wrong`. Default `4`. */
  right?: string;
  /** Default `I do not know`. */
  wrong?: string;
  /** What a judge's model answers, given the prompt. Default: nothing is answered. */
  judge?: (prompt: string) => string;
  /** Parts beside the models, such as a sandbox. */
  parts?: Partial<GraderParts>;
  /** Makes the grader where `create` is not to be called by the suite. */
  create?: (plugin: GraderPlugin<O>) => Promise<Grader> | Grader;
}

const ITEM: PromptItem = { id: 'sum', query: 'What is 2 + 2?', reference: '4' };
const ctx = { seed: 1 };

const inRange = ({ score, cost = 0, reason = '' }: Grade) =>
  (score === null || (score >= 0 && score <= 1)) && cost >= 0 && Number.isFinite(cost) && typeof reason === 'string';

/** The suite every grader passes. */
export function describeGraderContract<O>(
  { describe, it, expect }: TestRunner,
  plugin: GraderPlugin<O>,
  given: GraderContractOptions<O> = {},
): void {
  const { item = ITEM, right = '4', wrong = 'I do not know' } = given;
  const parts: GraderParts = {
    folder: '.',
    chat: (id) => ({
      specVersion: 1,
      id,
      async complete({ messages }): Promise<Completion> {
        if (!given.judge) throw new RouteProfileError('NETWORK', 'nobody answers');
        return {
          text: given.judge(messages.map(({ content }) => content).join('\n')),
          usage: { uncachedInput: 20, cacheRead: 0, cacheWrite: 0, output: 5 },
          estimated: false,
          truncated: false,
          attempts: 1,
        };
      },
    }),
    ...given.parts,
  };
  const create = async () =>
    given.create ? given.create(plugin) : plugin.create(parseOptions(plugin, given.options), parts);
  const answer = (text: string, model = 'a'): GivenAnswer => ({ model, text, truncated: false });
  const gradesOf = async (grader: Grader, of: PromptItem, answers: readonly GivenAnswer[]): Promise<Grade[]> =>
    grader.gradeAll?.(of, answers, ctx) ?? Promise.all(answers.map((one) => grader.grade(of, one, ctx)));

  describe(`grader contract: ${plugin.name}`, () => {
    it('declares a name, a summary and spec version 1', async () => {
      expect([plugin.kind, plugin.specVersion]).toEqual(['grader', 1]);
      expect(plugin.name.length > 0 && plugin.summary.length > 0).toBe(true);
      const grader = await create();
      expect([grader.specVersion, grader.name.length > 0]).toEqual([1, true]);
    });

    it('gives the better answer the higher score, both from 0 to 1', async () => {
      const grades = await gradesOf(await create(), item, [answer(right, 'a'), answer(wrong, 'b')]);
      expect(grades.length).toBe(2);
      expect(grades.every(inRange), JSON.stringify(grades)).toBe(true);
      expect((grades[0]!.score ?? 0) > (grades[1]!.score ?? 1), JSON.stringify(grades)).toBe(true);
    });

    it('gives the same again, in any order, and leaves what it is given as it is', async () => {
      const grader = await create();
      const answers = [answer(right, 'a'), answer(wrong, 'b')];
      const before = fingerprint({ item, answers });
      const scores = (await gradesOf(grader, item, answers)).map(({ score }) => score);
      expect((await gradesOf(await create(), item, answers)).map(({ score }) => score)).toEqual(scores);
      const turned = (await gradesOf(grader, item, answers.toReversed())).map(({ score }) => score);
      expect(turned.toReversed()).toEqual(scores);
      expect(fingerprint({ item, answers }) === before).toBe(true);
    });

    it('grades any text, and an item of which nothing is known', async () => {
      const grader = await create();
      const odd = ['```', '{"score": 1}', '\\boxed{', '👋 Köln', 'a'.repeat(20_000)].map((text, i) =>
        answer(text, `m${i}`),
      );
      expect((await gradesOf(grader, item, odd)).every(inRange)).toBe(true);
      const bare: PromptItem = { id: 'bare', query: [{ role: 'user', content: 'Say something.' }] };
      expect((await gradesOf(grader, bare, [answer('Something.')])).every(inRange)).toBe(true);
    });

    it('stops when asked to', async () => {
      const grader = await create();
      const controller = new AbortController();
      controller.abort();
      const stopped = { ...ctx, signal: controller.signal };
      const error = await rejectionOf(
        Promise.resolve(
          grader.gradeAll?.(item, [answer(right)], stopped) ?? grader.grade(item, answer(right), stopped),
        ),
      );
      expect(RouteProfileError.isInstance(error) && error.code).toBe('ABORTED');
    });
  });
}
