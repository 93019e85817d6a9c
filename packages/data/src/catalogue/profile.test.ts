import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { failureOf } from '../disk/testing.js';
import { parseModelProfile } from './profile.js';
import { readModelProfile, readModelProfiles } from './profile-files.js';

const root = mkdtempSync(join(tmpdir(), 'rp-profiles-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
function folder(files: Record<string, string>): string {
  const dir = join(root, `d${count++}`);
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

const HERON = `
model_id: heron-large
description: A large bird.
owner: the aviary
capabilities:
  tools: true
  task_types:
    - code: { granularity: task, metrics: { pass_rate: 0.82, avg_tokens_per_sec: 50 }, domain_suitability: [python] }
    - summary:
        metrics: { rouge: 0.4, bertscore: 0.5, hallucination_rate: 0.1, avg_tokens_per_sec: 100 }
latency_profile: { p50: 1.2s, p90: 3500ms }
cost_per_token: 0.0000028
learning_config: trainable_embedding
`;

describe('a declarative profile', () => {
  it('becomes a candidate and a card; what is guessed is said, what nothing reads is kept', async () => {
    const path = join(folder({ 'heron.yaml': HERON }), 'heron.yaml');
    const { candidate, card, file, learning, warnings } = await readModelProfile(path);
    expect(candidate).toEqual({
      id: 'heron-large',
      model: 'heron-large',
      price: { input: 2.8, output: 2.8 },
      capabilities: { tools: true },
      latency: { perOutputToken: 0.015, total: 1.2, p90: 3.5 },
    });
    expect(card).toEqual({
      name: 'heron-large',
      text: 'A large bird.',
      family: null,
      scores: new Map([
        ['code', { value: 82 }],
        ['summary', { value: 45 }],
      ]),
      price: { input: 2.8, output: 2.8 },
      auxiliary: false,
    });
    expect(learning).toBe('trainable_embedding');
    expect(file).toMatchObject({
      owner: 'the aviary',
      learning_config: 'trainable_embedding',
      capabilities: { task_types: [{ code: { granularity: 'task', domain_suitability: ['python'] } }, {}] },
    });
    expect(warnings).toEqual([
      `${path}: summary: less is better of hallucination_rate: not part of the task's score.`,
      `${path}: summary: its score is the mean of rouge, bertscore.`,
      `${path}: The seconds per token are the mean over 2 tasks that differ.`,
      `${path}: cost_per_token does not say what input and output cost: both count as $2.8 per million tokens. Say input_price and output_price to tell them apart.`,
    ]);
  });

  it('may be JSON, may say no more than its name, and may say its prices apart', async () => {
    const dir = folder({
      'a.json': '{ "model_id": "a" }',
      'b.yml': 'model_id: b\ncost_per_token: 0.000003\ninput_price: 1\noutput_price: 5\n',
      'notes.txt': 'not a profile',
    });
    const [a, b] = await readModelProfiles([dir]);
    expect(a).toMatchObject({ candidate: { id: 'a', model: 'a' }, warnings: [] });
    expect(a!.card.text).toBe('a, a language model.');
    expect(a).not.toHaveProperty('learning');
    expect(b).toMatchObject({ candidate: { price: { input: 1, output: 5 } }, warnings: [] });
  });

  it.each([
    [
      'metrics: { accuracy: 92 }',
      'capabilities.task_types[0].t.metrics.accuracy: is 92, expected a share of one, from 0 to 1 (for 92 % write 0.92)',
    ],
    [
      'metrics: { avg_tokens_per_sec: 0 }',
      'capabilities.task_types[0].t.metrics.avg_tokens_per_sec: is 0, expected tokens per second, above 0',
    ],
  ])('with %s is refused by one clear error', async (metrics, message) => {
    const dir = folder({ 'm.yaml': `model_id: m\ncapabilities:\n  task_types:\n    - t: { ${metrics} }\n` });
    expect(await failureOf(() => readModelProfiles([dir]))).toMatchObject({
      code: 'BAD_INPUT',
      message: `${join(dir, 'm.yaml')}: ${message}`,
    });
  });

  it.each([
    [
      'latency_profile: { p50: 1.2 }',
      'latency_profile.p50: is 1.2, expected a duration with a unit, such as 350ms, 1.2s or 2m',
    ],
    [
      'latency_profile: { p50: 2h }',
      'latency_profile.p50: is "2h", expected a duration with a unit, such as 350ms, 1.2s or 2m',
    ],
    ['latency_profile: { p50: 2m, p90: 3s }', 'latency_profile: p50 is longer than p90, expected at most as long'],
    ['learning_config: thawed', 'learning_config: expected frozen, or trainable_ and what may be trained'],
    ['cost_per_token: -1', 'cost_per_token: is -1000000, expected dollars per million tokens from 0 to 1e8'],
    [
      'capabilities: { task_types: [{ t: {} }, { t: {} }] }',
      'capabilities.task_types: the task "t" occurs twice, expected once',
    ],
    ['context_tokens: many', 'm.context_tokens: is a string, expected a number'],
  ])('with %s is refused', async (line, message) => {
    const error = await failureOf(() =>
      readModelProfile(join(folder({ 'm.yaml': `model_id: m\n${line}\n` }), 'm.yaml')),
    );
    expect([error.code, error.message.split('m.yaml: ')[1]]).toEqual(['BAD_INPUT', message]);
  });

  it.each([
    ['nothing', ''],
    ['text that is not YAML', 'model_id: [m'],
    ['a key twice', 'model_id: m\nmodel_id: n'],
    ['a number that JSON cannot hold', 'model_id: m\nweight: .inf'],
    ['one with a key that is a map', 'model_id: m\n? { a: 1 }\n: 2'],
    ['a cycle', 'model_id: m\nitself: &a [*a]'],
    [
      'aliases that grow without end',
      `model_id: m\na: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`).join('\n')}\n`,
    ],
  ])('that is %s is refused', async (_, text) => {
    const error = await failureOf(() => readModelProfile(join(folder({ 'm.yaml': text }), 'm.yaml')));
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringContaining('m.yaml: ')]);
    expect(error.hint).toBeTruthy();
  });

  it('tells the problems of all files at once', async () => {
    const dir = folder({
      'a.yaml': 'model_id: m\n',
      'b.yaml': 'model_id: m\n',
      'c.yaml': 'learning_config: 3\n',
    });
    const error = await failureOf(() => readModelProfiles([dir, join(dir, 'none.yaml'), folder({})]));
    expect(error.details.map((line) => line.replaceAll(root, ''))).toEqual([
      expect.stringContaining('b.yaml: describes m, as'),
      expect.stringContaining('c.yaml: model_id: is missing, expected a string'),
      expect.stringContaining('c.yaml: learning_config: is a number, expected a string'),
      expect.stringContaining('none.yaml: there is no such file'),
      expect.stringContaining(': holds no profile'),
    ]);
  });

  it('of any value is read with finite numbers, or refused by an error of ours', () => {
    const metrics = fc.dictionary(
      fc.constantFrom('accuracy', 'f1', 'avg_tokens_per_sec', 'wer'),
      fc.double({ min: -0.5, max: 1.5 }),
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          model_id: fc.string({ maxLength: 3 }),
          capabilities: fc.record({
            task_types: fc.array(
              fc.dictionary(fc.constantFrom('t', 'u', '__proto__'), fc.record({ metrics }, { requiredKeys: [] })),
            ),
          }),
          latency_profile: fc.dictionary(
            fc.constantFrom('p50', 'p90'),
            fc.oneof(fc.constantFrom('1s', '20ms', '1.5m', '99999999999999m'), fc.jsonValue()),
          ),
          cost_per_token: fc.double(),
          learning_config: fc.constantFrom('frozen', 'trainable_x', 'other'),
          detailed_scores: fc.jsonValue(),
          latency: fc.jsonValue(),
        },
        { requiredKeys: ['model_id'] },
      ),
    );
    fc.assert(
      fc.property(value, (profile) => {
        try {
          const { candidate, card } = parseModelProfile(profile, 'p.yaml');
          const facts = [candidate.price ?? {}, candidate.latency ?? {}, ...card.scores.values()];
          const numbers = facts.flatMap((fact): unknown[] => Object.values(fact));
          expect(numbers.every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!RouteProfileError.isInstance(error)) throw error;
          expect(error.code).toBe('BAD_INPUT');
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
