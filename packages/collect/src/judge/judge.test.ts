import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeGraderContract } from '@routeprofile/schema/testing';
import { parseOptions, type ChatMessage, type ChatModel, type GivenAnswer } from '@routeprofile/schema';
import { temporaryFolder } from '../testing/stand-ins.js';
import { judgeGrader } from './judge.js';
import { readPair, readScore } from './verdict.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const between = (text: string, tag: string) => text.split(`<${tag}>\n`)[1]!.split(`\n</${tag}>`)[0]!;
const worth = (text: string) => (text.includes('4') ? 9 : 2);
const scores = (prompt: string) => `Let me see {…}. {"reason": "so", "score": ${worth(between(prompt, 'answer'))}}`;
const compares = (prompt: string) => {
  const [a, b] = [worth(between(prompt, 'answer-A')), worth(between(prompt, 'answer-B'))];
  return `{"better": "${a === b ? 'tie' : a > b ? 'A' : 'B'}"}`;
};
const runner = { describe, it, expect };
describeGraderContract(runner, judgeGrader, { options: { model: 'j' }, judge: scores });
describeGraderContract(runner, judgeGrader, { options: { model: 'j', mode: 'pairwise' }, judge: compares });

function judging(options: object, reply: (prompt: string, all: readonly ChatMessage[]) => string) {
  const prompts: string[] = [];
  const model: ChatModel = {
    specVersion: 1,
    id: 'j',
    async complete({ messages }) {
      prompts.push(messages[0]!.content);
      const usage = { uncachedInput: 1, cacheRead: 0, cacheWrite: 0, output: 1 };
      return { text: reply(messages[0]!.content, messages), usage, estimated: false, truncated: false, attempts: 1 };
    },
  };
  const create = async () =>
    judgeGrader.create(parseOptions(judgeGrader, { model: 'j', ...options }), {
      chat: () => model,
      folder: folder.path,
    });
  return { prompts, create };
}
const item = { id: 'q', query: 'What is 2 + 2?', reference: '4' };
const answer = (model: string, text: string): GivenAnswer => ({ model, text, truncated: false });
const ctx = { seed: 1 };

describe('a judge that scores', () => {
  it('brings the scale to 0 to 1, and is marked as a judge', async () => {
    const judge = await judging({ low: 0, high: 5 }, () => '{"score": "4", "reason": "good"}').create();
    expect(judge.source).toBe('judge:j');
    expect(await judge.grade(item, answer('a', 'x'), ctx)).toEqual({ score: 0.8, reason: 'good' });
  });

  it('is asked once more where its reply cannot be read, then no more', async () => {
    const second = judging({}, (_, all) => (all.length === 3 ? '{"score": 10}' : 'Very good!'));
    expect(await (await second.create()).grade(item, answer('a', 'x'), ctx)).toEqual({ score: 1 });
    const never = judging({}, () => 'Very good!');
    expect((await (await never.create()).grade(item, answer('a', 'x'), ctx)).score).toBe(null);
    expect(never.prompts).toHaveLength(2);
  });

  it('takes a template and a rubric of the user; an answer fills no place of it', async () => {
    writeFileSync(join(folder.path, 't.txt'), '{{rubric}}|{{query}}|{{answer}}|{{reference}}');
    writeFileSync(join(folder.path, 'r.txt'), 'Be strict.');
    const judged = judging({ template: 't.txt', rubricFile: 'r.txt' }, () => '{"score": 1}');
    await (await judged.create()).grade(item, answer('a', '{{reference}} $&'), ctx);
    expect(judged.prompts).toEqual(['Be strict.|What is 2 + 2?|{{reference}} $&|<reference>\n4\n</reference>']);
    writeFileSync(join(folder.path, 'bad.txt'), '{{query}} {{answer}} {{model}}');
    const bad = await judging({ template: 'bad.txt' }, () => '').create();
    await expect(bad.grade(item, answer('a', 'x'), ctx)).rejects.toMatchObject({ message: /\{\{model\}\}/ });
    writeFileSync(join(folder.path, 'short.txt'), '{{query}}');
    await expect(judging({ template: 'short.txt' }, () => '').create()).rejects.toMatchObject({ message: /lacks/ });
  });
});

describe('a judge that compares', () => {
  const pairwise = { mode: 'pairwise' };
  const three = [answer('a', '4, I think'), answer('b', '5'), answer('c', '4')];

  it('asks about every two answers in both orders, and ranks them by Bradley–Terry', async () => {
    const judged = judging(pairwise, compares);
    const grades = await (await judged.create()).gradeAll!(item, three, ctx);
    expect(judged.prompts).toHaveLength(6);
    const [a, b, c] = grades.map(({ score }) => score!) as [number, number, number];
    expect(a).toBeCloseTo(c, 6);
    expect(a).toBeGreaterThan(0.6);
    expect(b).toBeLessThan(0.15);
    expect(grades[0]!.comparisons).toContainEqual({ against: 'b', first: true, won: 1 });
    expect(grades[0]!.comparisons).toContainEqual({ against: 'c', first: false, won: 0.5 });
  });

  it('one that always takes the first prefers nobody', async () => {
    const grades = await (await judging(pairwise, () => '{"better": "A"}').create()).gradeAll!(item, three, ctx);
    for (const { score } of grades) expect(score).toBeCloseTo(0.5, 9);
  });

  it('is not asked about equal texts, and says nothing of a single answer', async () => {
    const judged = judging(pairwise, compares);
    const judge = await judged.create();
    const equal = await judge.gradeAll!(item, [answer('a', '4'), answer('b', '4')], ctx);
    expect(equal.map(({ score }) => score)).toEqual([0.5, 0.5]);
    expect(equal[0]!.comparisons).toEqual([]);
    expect((await judge.gradeAll!(item, [answer('a', '4')], ctx))[0]!.score).toBe(null);
    expect(judged.prompts).toEqual([]);
  });
});

describe('verdicts', () => {
  it.each([
    ['{"score": 7}', 6 / 9],
    ['{"score": 1} … no: {"score": 10}', 1],
    ['```json\n{"score": 1, "reason": "bad"}\n```', 0],
    ['{"score": 11}', undefined],
    ['{"score": null}', undefined],
    ['7', undefined],
  ])('score: %s', (text, score) => {
    expect(readScore(text, { low: 1, high: 10 })?.score).toBe(score);
  });

  it.each([
    ['{"better": "A"}', 1],
    ['{"better": " b "}', 0],
    ['{"reason": "equal", "better": "Tie"}', 0.5],
    ['A', undefined],
    ['{"better": "constructor"}', undefined],
  ])('pair: %s', (text, won) => {
    expect(readPair(text)?.won).toBe(won);
  });
});
