import { describe, expect, it } from 'vitest';
import { parseOptions, provenanceSchema, rowOf, type ProfileInput, type ProfileSet } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput } from '@routeprofile/schema/testing';
import { advantageProfile } from './advantage-profile.js';
import { card, taskInput, trainingOf } from '../testing/training.js';

const runner = { describe, it, expect };
describeProfileContract(runner, advantageProfile);
describeProfileContract(runner, advantageProfile, { options: { keys: 'tasks', shrink: false, scale: 'spread' } });
describeProfileContract(runner, advantageProfile, { options: { missing: 'mean', distrust: false } });

const ctx = { seed: 3 };
const build = (input: ProfileInput, options: Record<string, unknown> = {}) =>
  advantageProfile.build(input, parseOptions(advantageProfile, options), ctx);
const scoresOf = ({ keyed, models }: ProfileSet, model: string) => [...rowOf(keyed!.scores, models.indexOf(model))];

const TASKS = ['math', 'code', 'qa'];
const faulty = (value: number) => ({ value, unreliable: true as const });
const cards = [
  card('strong', { math: 80, code: faulty(1), qa: 60 }),
  card('even', { math: 60, code: faulty(5), qa: 50 }),
  card('weak', { math: 40, code: faulty(9) }),
  card('other', { math: 99, code: 90, qa: 99 }, { auxiliary: true }),
];

describe('advantage', () => {
  it('ties advantages to the queries of each task', async () => {
    const set = await build(taskInput(cards, TASKS), { shrink: false });
    expect(set.keyed!.labels).toEqual(['math', 'math', 'code', 'code', 'qa', 'qa']);
    expect(set.keyed!.keys.rows).toBe(6);
    expect(set.keyed!.queries).toBeUndefined();
    const [strong, even, weak] = ['strong', 'even', 'weak'].map((model) => scoresOf(set, model));
    expect(strong![0]! - even![0]!).toBeCloseTo(0.2, 6);
    expect(even![0]! - weak![0]!).toBeCloseTo(0.2, 6);
    expect(strong![0]).toBe(strong![1]);
    expect([...strong!.slice(2, 4), ...weak!.slice(2)]).toEqual(Array(6).fill(NaN));
    expect([...set.biases!].map((b) => Math.sign(b))).toEqual([1, Math.sign(set.biases![1]!), -1]);
    expect(set.provenance.notes).toEqual([
      'unreliable card scores count as not measured: code',
      'tasks with queries, but without scores to compare models by: code',
    ]);
    expect(provenanceSchema.parse(set.provenance).designPoint.representation).toBe('scores');
  });

  it('trusts what it is told to trust, fills in what it is told to fill in', async () => {
    const trusting = await build(taskInput(cards, TASKS), { distrust: false, shrink: false });
    expect(scoresOf(trusting, 'weak')[2]).toBeCloseTo(0.04, 6);
    expect(trusting.provenance.notes).toContain('unreliable card scores are trusted: code');
    const filled = await build(taskInput(cards, TASKS), { missing: 'mean' });
    expect(scoresOf(filled, 'weak').slice(2)).toEqual(Array(4).fill(filled.biases![2]));
    expect(filled.keyed!.scores.data.every(Number.isFinite)).toBe(true);
  });

  it('gives vectors whose dot product with a task’s queries is large for who is good there', async () => {
    const set = await build(taskInput(cards, TASKS));
    const dot = (model: number, axis: number) => rowOf(set.vectors, model)[axis]!;
    expect(dot(0, 0)).toBeGreaterThan(dot(1, 0));
    expect(dot(1, 0)).toBeGreaterThan(dot(2, 0));
    // Not measured there: what it is worth everywhere.
    expect(dot(2, 2)).toBeCloseTo((set.biases![2]! * 1.5) / 3, 6);
  });

  it('has one key a task on request, of unit length', async () => {
    const { keyed } = await build(taskInput(cards, TASKS), { keys: 'tasks' });
    expect(keyed!.labels).toEqual(TASKS);
    for (let k = 0; k < 3; k++) expect(Math.hypot(...rowOf(keyed!.keys, k))).toBeCloseTo(1, 6);
    expect(keyed!.queries).toBeUndefined();
  });

  it('knows which keys are training queries', async () => {
    const rows = ['text of code#1', 'elsewhere', 'text of math#0'].map((text, q) => ({
      task: ['code', 'qa', 'qa'][q]!,
      text,
    }));
    const { keyed } = await build(taskInput(cards, TASKS, trainingOf(3, rows)));
    expect([...keyed!.queries!]).toEqual([2, -1, -1, 0, -1, -1]);
  });

  it('takes keys from training queries, or task texts, where the graph has no query nodes', async () => {
    const input = taskInput(cards, TASKS);
    const graph = { ...input.graph, relations: [], nodes: input.graph.nodes.filter(({ type }) => type !== 'query') };
    const rows = [{ task: 'math' }, { task: null }, { task: 'qa' }];
    const trained = await build({ ...input, graph, training: trainingOf(3, rows) });
    expect([trained.keyed!.labels, [...trained.keyed!.queries!]]).toEqual([
      ['math', 'qa'],
      [0, 2],
    ]);
    const texts = await build({ ...input, graph });
    expect([texts.keyed!.labels, texts.keyed!.queries]).toEqual([TASKS, undefined]);
    await expect(build({ ...input, graph, features: {} })).rejects.toThrow(/nothing to tie scores to/);
  });

  it('works from outcomes alone, with tasks or without', async () => {
    const rows = Array.from({ length: 30 }, (_, q) => ({
      task: q % 2 === 0 ? 'math' : 'qa',
      scores: [q % 2, 1 - (q % 2), q % 3 === 0 ? 1 : 0],
    }));
    const input = taskInput([card('a', {}), card('b', {}), card('c', {})], TASKS, trainingOf(3, rows));
    const set = await build(input);
    expect(scoresOf(set, 'b')[0]).toBeGreaterThan(0.2);
    expect(scoresOf(set, 'a')[0]).toBeLessThan(-0.2);
    const graph = { ...input.graph, relations: [] };
    const untasked = trainingOf(
      3,
      rows.map(({ scores }) => ({ task: null, scores })),
    );
    const one = await build({ ...input, graph, training: untasked });
    expect(new Set(one.keyed!.labels)).toEqual(new Set(['all']));
    expect(one.keyed!.scores.data.every(Number.isFinite)).toBe(true);
  });

  it('says who is measured nowhere', async () => {
    const set = await build(taskInput([...cards, card('unknown', {})], TASKS));
    expect(scoresOf(set, 'unknown').every(Number.isNaN)).toBe(true);
    expect(set.biases![3]).toBe(0);
    expect(set.provenance.notes).toContain('not measured beside another model, so of no advantage: unknown');
  });
});

describe('a model joins advantage', () => {
  const joining = [...cards.slice(0, 3), card('newcomer', { math: 70, code: 80, qa: 60, never: 5 })];
  it.each([{}, { keys: 'tasks' }, { shrink: false }, { missing: 'mean' }])('by its card: %o', async (raw) => {
    const options = parseOptions(advantageProfile, raw);
    const before = await build(taskInput(cards.slice(0, 3), TASKS), raw);
    const after = await advantageProfile.extend!(before, taskInput(joining, TASKS), options, { seed: 9 });
    expect(after.models).toEqual(['strong', 'even', 'weak', 'newcomer']);
    const size = before.keyed!.scores.data.length;
    expect(after.keyed!.scores.data.slice(0, size)).toEqual(before.keyed!.scores.data);
    expect(after.vectors.data.slice(0, before.vectors.data.length)).toEqual(before.vectors.data);
    expect(after.biases!.slice(0, 3)).toEqual(before.biases);
    expect(after.keyed!.keys).toEqual(before.keyed!.keys);
    const [strong, even, newcomer] = ['strong', 'even', 'newcomer'].map((model) => scoresOf(after, model)[0]!);
    expect(newcomer).toBeGreaterThan(even!);
    expect(newcomer).toBeLessThan(strong!);
    expect(after.biases![3]).toBeGreaterThan(0);
    // Nobody's code scores could be trusted, so there is nothing to compare its own with.
    const code = scoresOf(after, 'newcomer')[after.keyed!.labels.indexOf('code')]!;
    expect(code).toEqual(options.missing === 'mean' ? after.biases![3] : NaN);
    // A model already there is placed where it was.
    const again = await advantageProfile.extend!(
      before,
      taskInput([...cards.slice(0, 3), card('twin', { math: 80, qa: 60 })], TASKS),
      options,
      ctx,
    );
    expect(scoresOf(again, 'twin')[0]).toBeCloseTo(scoresOf(before, 'strong')[0]!, 5);
    expect(again.biases![3]).toBeCloseTo(before.biases![0]!, 5);
  });

  it('or not, when the set lacks what places it', async () => {
    const { state: _state, ...set } = await build(taskInput(cards.slice(0, 3), TASKS));
    const options = parseOptions(advantageProfile, {});
    await expect(advantageProfile.extend!(set, taskInput(joining, TASKS), options, ctx)).rejects.toThrow(
      /needed to add a model/,
    );
    const input = await syntheticProfileInput();
    expect((await build(input)).models).toEqual(input.models);
  });
});
