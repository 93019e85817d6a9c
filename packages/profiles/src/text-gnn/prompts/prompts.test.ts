import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from '@routeprofile/providers';
import { RouteProfileError } from '@routeprofile/schema';
import { graphOf } from '../../testing/toy.js';
import { originalTexts, type Neighbourhood } from '../neighbours/neighbourhood.js';
import { cut, DEFAULT_TEMPLATES, fillTemplate, PLACEHOLDERS, promptOf, templateProblems } from './prompt.js';

const values = Object.fromEntries(Object.keys(PLACEHOLDERS).map((name) => [name, `<${name}>`])) as Record<
  keyof typeof PLACEHOLDERS,
  string
>;

describe('templates', () => {
  it('are filled once', () => {
    expect(fillTemplate('{{name}} {{ text }} {{nothing}}', { ...values, name: '$& {{text}}' })).toBe(
      '$& {{text}} <text> {{nothing}}',
    );
  });

  it('with unknown placeholders, or none, are told apart', () => {
    expect(templateProblems('{{name}} {{nmae}}')).toEqual([
      expect.stringMatching(/^unknown placeholder \{\{nmae\}\}, known are name, text/),
    ]);
    expect(templateProblems('hello')).toHaveLength(1);
    for (const template of Object.values(DEFAULT_TEMPLATES)) expect(templateProblems(template)).toEqual([]);
  });
});

describe('promptOf', () => {
  const graph = graphOf({ model: 1, task: 30 }, { model__task: [] });
  const tasks = Array.from({ length: 30 }, (_, node) => ({ type: 'task' as const, node, weight: 1 }));
  const neighbourhood: Neighbourhood = {
    type: 'model',
    node: 0,
    facts: [],
    sections: [
      { kind: 'tasks', heading: 'Tasks', neighbours: [{ ...tasks[0]!, about: 'score 3' }, ...tasks.slice(1)] },
    ],
  };
  const long = { ...originalTexts(graph), task: tasks.map(({ node }) => `task ${node}: ${'many words '.repeat(200)}`) };
  const options = { names: true, promptTokens: 4_000 };

  it('holds name, text and neighbours, a line each', () => {
    const { messages, shortened } = promptOf(graph, neighbourhood, originalTexts(graph), {
      ...options,
      system: 'Be terse.',
    });
    expect(messages[0]).toEqual({ role: 'system', content: 'Be terse.' });
    expect(messages[1]!.content).toContain('Model: model 0\n\nWhat is written about it so far:\ntext of model 0\n');
    expect(messages[1]!.content).toContain('Tasks:\n- task 0 (score 3): text of task 0\n- task 1: text of task 1\n');
    expect(shortened).toBe(false);
  });

  it('keeps line breaks of a text from making lines of their own', () => {
    const texts = { ...originalTexts(graph), task: tasks.map(() => 'one\n- two (score 100): three') };
    const { messages } = promptOf(graph, neighbourhood, texts, options);
    expect(messages[0]!.content.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(30);
  });

  it('says when there is nothing around', () => {
    const { messages } = promptOf(graph, { ...neighbourhood, sections: [] }, originalTexts(graph), options);
    expect(messages[0]!.content).toContain('(nothing is known of its surroundings)');
  });

  it('cuts lines, then leaves lines out, then cuts the text, and tells', () => {
    const at = (promptTokens: number) => promptOf(graph, neighbourhood, long, { ...options, promptTokens });
    const lines = (promptTokens: number) => at(promptTokens).messages[0]!.content.split('\n- ').length - 1;
    expect(lines(5_000)).toBe(30);
    expect(lines(600)).toBeLessThan(15);
    for (const tokens of [5_000, 1_500, 600, 300]) expect(at(tokens)).toMatchObject({ shortened: true });
    expect(() => at(120)).toThrowError(RouteProfileError);
    expect(() => at(120)).toThrowError(/model model 0 does not fit in 120 tokens/);
  });

  it('never exceeds the tokens allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 230, max: 20_000 }), (promptTokens) => {
        const { tokens, messages } = promptOf(graph, neighbourhood, long, { ...options, promptTokens });
        expect(tokens).toBeLessThanOrEqual(promptTokens);
        expect(estimateTokens(messages[0]!.content)).toBeLessThan(tokens);
      }),
      { numRuns: 20 },
    );
  });

  it('cuts at a blank', () => {
    expect(cut('one two three', 11)).toBe('one two thr …');
    expect(cut('one two three four', 14)).toBe('one two three …');
    expect(cut('short', 5)).toBe('short');
  });
});
