import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeGraderContract } from '@routeprofile/schema/testing';
import {
  parseOptions,
  type GraderParts,
  type GraderPlugin,
  type ProgramRunner,
  type PromptItem,
} from '@routeprofile/schema';
import { temporaryFolder } from '../../testing/stand-ins.js';
import { builtInGraders } from '../built-in.js';
import { codeGrader } from './code.js';
import { jsonSchemaGrader } from './json-schema.js';
import { metricGrader } from './metric.js';
import { regexGrader } from './regex.js';

const runner = { describe, it, expect };
const folder = temporaryFolder();
afterAll(() => folder.remove());
/** Passes what holds the word "right". */
const sandbox: ProgramRunner = {
  how: 'stand-in',
  async run({ sources }, { signal } = {}) {
    signal?.throwIfAborted();
    return sources[0]!.includes('right')
      ? { verdict: 'pass', detail: null }
      : { verdict: 'fail', detail: 'AssertionError' };
  },
};
const program: PromptItem = { id: 'p', query: 'Write f.', reference: ['assert f() == 1'], metric: 'code_eval' };
const openSandbox = async () => sandbox;
const schema = { type: 'object', required: ['sum'], properties: { sum: { type: 'integer' } } };

describeGraderContract(runner, metricGrader);
describeGraderContract(runner, regexGrader, { options: { pattern: '^(\\d+)$' } });
describeGraderContract(runner, jsonSchemaGrader, { options: { schema }, right: '{"sum": 4}' });
describeGraderContract(runner, codeGrader, { item: program, right: 'right', wrong: 'wrong', parts: { openSandbox } });

const chat: GraderParts['chat'] = () => {
  throw new Error('nobody is asked');
};
async function score<O>(
  plugin: GraderPlugin<O>,
  options: object,
  text: string,
  item: Partial<PromptItem> = {},
  parts: Partial<GraderParts> = {},
) {
  const grader = await plugin.create(parseOptions(plugin, options), { folder: folder.path, chat, ...parts });
  return grader.grade({ id: 'q', query: 'Say it.', ...item }, { model: 'm', text, truncated: false }, { seed: 1 });
}

describe('built-in graders', () => {
  it('have names of their own', () => {
    expect(builtInGraders.map(({ name }) => name)).toEqual(['metric', 'regex', 'json-schema', 'code', 'judge']);
  });

  it('metric: goes by the metric of the item, else by its option', async () => {
    const item = { reference: 'B', metric: 'em_mc' };
    expect(await score(metricGrader, {}, 'The answer is (B).', item)).toEqual({ score: 1 });
    expect(await score(metricGrader, { metric: 'em' }, 'the Cat!', { reference: 'cat' })).toEqual({ score: 1 });
    expect(await score(metricGrader, {}, 'seven', { reference: [7, 'seven'] })).toEqual({ score: 1 });
    expect(await score(metricGrader, {}, 'seven')).toEqual({ score: null, reason: 'the item has no reference' });
  });

  it('metric: refuses unknown names, of the option before anything is asked', async () => {
    await expect(score(metricGrader, { metric: 'bleu' }, 'x')).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
    await expect(score(metricGrader, {}, 'x', { metric: 'bleu' })).rejects.toMatchObject({
      message: /query q: .*bleu/,
    });
  });

  it('metric: runs programs only where that is allowed', async () => {
    expect(await score(metricGrader, {}, 'right', program)).toMatchObject({ score: null });
    expect(await score(metricGrader, {}, 'right', program, { openSandbox })).toMatchObject({ score: 1 });
    await expect(score(codeGrader, {}, 'right', program)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    expect(await score(codeGrader, {}, 'wrong', program, { openSandbox })).toEqual({
      score: 0,
      reason: 'fail: AssertionError',
    });
  });

  it('regex: matches, or compares what the last match caught', async () => {
    expect(await score(regexGrader, { pattern: '\\bcat\\b', flags: 'i' }, 'A Cat.')).toEqual({ score: 1 });
    expect(await score(regexGrader, { pattern: '\\bcat\\b' }, 'concatenate')).toEqual({ score: 0, reason: 'no match' });
    const answer = { pattern: 'Answer: (\\w+)' };
    const item = { reference: 'Paris' };
    expect(await score(regexGrader, answer, 'Answer: Rome. No! Answer: paris', item)).toMatchObject({ score: 1 });
    expect(await score(regexGrader, answer, 'Answer: Rome', item)).toEqual({ score: 0, reason: 'caught Rome' });
    await expect(score(regexGrader, { pattern: '(' }, 'x')).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });

  it('regex: ends a pattern that does not end by itself', async () => {
    const { score: none, reason } = await score(regexGrader, { pattern: '^(a+)+$' }, `${'a'.repeat(40)}!`);
    expect([none, reason]).toEqual([null, 'the pattern took longer than 1000 ms']);
  });

  it('json-schema: reads the answer or its code block, and says what does not fit', async () => {
    writeFileSync(join(folder.path, 's.json'), JSON.stringify(schema));
    const fits = (text: string) => score(jsonSchemaGrader, { file: 's.json' }, text);
    expect(await fits('Here:\n```json\n{"sum": 4}\n```')).toEqual({ score: 1 });
    expect(await fits('{"sum": 4.5}')).toEqual({ score: 0, reason: 'answer/sum must be integer' });
    expect(await fits('4, I think')).toEqual({ score: 0, reason: 'the answer is not JSON' });
    await expect(score(jsonSchemaGrader, {}, 'x')).rejects.toMatchObject({ message: /either file or schema/ });
    await expect(score(jsonSchemaGrader, { schema: { type: 'nothing' } }, 'x')).rejects.toMatchObject({
      message: /not a JSON schema/,
    });
  });
});
