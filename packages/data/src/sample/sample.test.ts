import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../layouts/load.js';
import { MODELS } from './models.js';
import { simulateSample, TASKS, TEST_PER_TASK, TRAIN_PER_TASK, type SampleRow } from './simulate.js';
import { writeSample } from './write.js';

const folder = mkdtempSync(join(tmpdir(), 'rp-sample-'));
afterAll(() => rmSync(folder, { recursive: true }));
const seeds = [42, 0, 7, 2 ** 40];
const rows = seeds.flatMap((seed) => simulateSample(seed));
const of = (task: string) => rows.filter((row) => row.task === task);

/** Solvers that read nothing but the question. None shares code with the templates. */
const numbers = (text: string) => [...text.matchAll(/\d+/g)].map(Number);

function solveArithmetic(query: string): string {
  let have = 0;
  for (const sentence of query.split(/(?<=[.?]) /)) {
    const [a = NaN, b = NaN] = numbers(sentence);
    if (/starts with|begins with|owns/.test(sentence)) have = a;
    else if (/boxes with/.test(sentence)) have += a * b;
    else if (/doubles/.test(sentence)) have *= 2;
    else if (/triples/.test(sentence)) have *= 3;
    else if (/ more /.test(sentence)) have += a;
    else if (/given away|get lost|are sold/.test(sentence)) have -= a;
    else if (!/number of|How many|What number/.test(sentence)) throw new Error(sentence);
  }
  return String(have);
}

/** Base units: metre, second, gram, litre (US). */
const SIZES: Record<string, number> = {
  kilometres: 1000,
  metres: 1,
  centimetres: 0.01,
  feet: 0.3048,
  inches: 0.0254,
  yards: 0.9144,
  miles: 1609.344,
  weeks: 604800,
  days: 86400,
  hours: 3600,
  minutes: 60,
  kilograms: 1000,
  grams: 1,
  pounds: 453.59237,
  ounces: 28.349523125,
  litres: 1,
  millilitres: 0.001,
  gallons: 3.785411784,
  pints: 0.473176473,
};

function checkUnits(query: string, answer: string): void {
  const amount = Number(/-?\d+(\.\d+)?/.exec(query)![0]);
  if (query.includes('Fahrenheit')) {
    expect(Number(answer)).toBeCloseTo(amount * 1.8 + 32, 9);
    return;
  }
  const [first, second] = [...query.matchAll(new RegExp(`\\b(${Object.keys(SIZES).join('|')})\\b`, 'g'))].map(
    (found) => found[1]!,
  );
  // "How many B are there in N A?" names the target first.
  const [from, to] = query.startsWith('How many') ? [second!, first!] : [first!, second!];
  expect([query, Math.abs(Number(answer) - (amount * SIZES[from]!) / SIZES[to]!) < 1e-6 * Number(answer)]).toEqual([
    query,
    true,
  ]);
}

function solveString(query: string): string {
  let word = /"(\w+)"/.exec(query)![1]!;
  for (const sentence of query.split('. ').slice(1, -1)) {
    if (/backwards|reverse/.test(sentence)) word = word.split('').reduceRight((out, c) => out + c, '');
    else if (/vowel/.test(sentence))
      word = word
        .split('')
        .filter((c) => !'aeiou'.includes(c))
        .join('');
    else if (/twice|two times/.test(sentence)) word = `${word}${word}`;
    else if (/alphabetical/.test(sentence))
      word = word
        .split('')
        .sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0))
        .join('');
    else if (sentence.endsWith('first letter')) word = word.substring(1);
    else if (/last letter/.test(sentence)) word = word.charAt(word.length - 1) + word.substring(0, word.length - 1);
    else if (/every second|1st, 3rd/.test(sentence)) word = word.replace(/(.).?/g, '$1');
    else throw new Error(sentence);
  }
  return word;
}

const permutations = (items: string[]): string[][] =>
  items.length <= 1
    ? [items]
    : items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));

function solveLogic(query: string): string {
  const clues = [...query.matchAll(/(\w+) is (\w+) than (\w+)\./g)].map(([, a, relation, b]) =>
    /old|tall|fast|rich/.test(relation!) ? [a!, b!] : [b!, a!],
  );
  const people = [...new Set(clues.flat())];
  const fits = permutations(people).filter((order) =>
    clues.every(([high, low]) => order.indexOf(high!) < order.indexOf(low!)),
  );
  expect(fits).toHaveLength(1);
  const question = query.slice(query.lastIndexOf('. ') + 2);
  if (/youngest|shortest|slowest|poorest/.test(question)) return fits[0]!.at(-1)!;
  return fits[0]![['second', 'third', 'fourth'].findIndex((word) => question.includes(word)) + 1]!;
}

function solveDate(query: string): string {
  const found = [...query.matchAll(/\d{4}-\d\d-\d\d|\d{1,2} [A-Z][a-z]+ \d{4}/g)].map(([text]) =>
    Date.parse(text.includes('-') ? text : `${text} UTC`),
  );
  const DAY = 86_400_000;
  if (found.length === 2) return String((found[1]! - found[0]!) / DAY);
  const days = Number(/(\d+) days/.exec(query)![1]);
  const then = new Date(found[0]! + days * DAY);
  const weekday = (date: Date) => date.toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
  if (query.includes('YYYY')) return then.toISOString().slice(0, 10);
  expect(query).toContain(weekday(new Date(found[0]!)));
  return weekday(then);
}

function solveLookup(query: string): string {
  const lines = query
    .split('\n')
    .filter((line) => line.includes(' | '))
    .map((line) => line.split(' | '));
  const question = query.split('\n\n').find((part) => !part.includes(' | '))!;
  const column = lines[0]!.findIndex((heading, i) => i > 0 && new RegExp(`\\b${heading}\\b`).test(question));
  const body = lines.slice(1).map((line) => ({ name: line[0]!, value: Number(line[column]) }));
  const sorted = body.toSorted((a, b) => a.value - b.value);
  if (question.includes('highest')) return sorted.at(-1)!.name;
  if (question.includes('lowest')) return sorted[0]!.name;
  if (/sum|Add/.test(question)) return String(body.reduce((sum, { value }) => sum + value, 0));
  if (question.includes('above')) return String(body.filter(({ value }) => value > numbers(question)[0]!).length);
  return String(body.find(({ name }) => question.includes(` ${name}`))!.value);
}

const programOf = (query: string) => /x = \d+\n[\s\S]*print\(x\)/.exec(query)![0];

/** Runs the few kinds of lines there are. */
function runProgram(lines: string[]): number {
  let x = 0;
  const assign = (line: string, i: number) => {
    const [, a, op, b] = /x = (\S+) ([-+*]) (.+)$/.exec(line) ?? [];
    const term = (text: string): number =>
      text
        .split(' * ')
        .map((factor) => (factor === 'x' ? x : factor === 'i' ? i : Number(factor)))
        .reduce((p, q) => p * q, 1);
    if (a === undefined) x = Number(line.split('= ')[1]);
    else if (line.includes('2 * x - i')) x = 2 * x - i;
    else x = op === '+' ? term(a) + term(b!) : op === '-' ? term(a) - term(b!) : term(a) * term(b!);
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const times = /range\((\d+)\)/.exec(line)?.[1];
    if (times !== undefined) {
      for (let i = 0; i < Number(times); i++) assign(lines[at + 1]!.trim(), i);
      at++;
    } else if (line.startsWith('if')) {
      assign(lines[Math.abs(x) % 2 === 0 ? at + 1 : at + 3]!.trim(), 0);
      at += 3;
    } else if (line.startsWith('x')) assign(line, 0);
  }
  return x;
}

function solveFormat(query: string): string {
  const words = /([a-z]+(?:, [a-z]+)+)\.$/.exec(query)?.[1]!.split(', ') ?? [];
  const [first = 0, second = 0] = numbers(query);
  if (/zeros/.test(query)) return '0'.repeat(second - String(first).length) + String(first);
  if (/alphabetical/i.test(query)) return words.sort().join(/character (.)/.exec(query)![1]);
  if (/JSON array/.test(query)) return `[${words.map((word) => `"${word}"`).join(',')}]`;
  if (/JSON object/.test(query))
    return `{"name":"${/([A-Z][a-z]+)(?:,? who)? is/.exec(query)?.[1] ?? /: (\w+),/.exec(query)![1]!}","age":${first}}`;
  const from = query.includes('numbered from 0') ? 0 : 1;
  return words.map((word, i) => `${from + i}:${word.toUpperCase()}`).join('\n');
}

describe('every answer is right', () => {
  it.each<[string, (query: string) => string]>([
    ['arithmetic', solveArithmetic],
    ['string-manipulation', solveString],
    ['logic', solveLogic],
    ['dates', solveDate],
    ['table-lookup', solveLookup],
    ['code-tracing', (query) => String(runProgram(programOf(query).split('\n')))],
    ['format-following', solveFormat],
  ])('%s', (task, solve) => {
    expect(of(task)).toHaveLength(seeds.length * (TRAIN_PER_TASK + TEST_PER_TASK));
    for (const { query, answer } of of(task)) expect([query, solve(query)]).toEqual([query, answer]);
  });

  it('unit-conversion', () => {
    for (const { query, answer } of of('unit-conversion')) checkUnits(query, answer);
  });

  it.runIf(spawnSync('python3', ['--version']).status === 0)('code-tracing, as Python runs it', () => {
    const programs = of('code-tracing').map(({ query }) => programOf(query));
    const { stdout } = spawnSync('python3', ['-'], { input: programs.join('\n'), encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual(of('code-tracing').map(({ answer }) => answer));
  });
});

describe('the sample', () => {
  const sample = simulateSample(42);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const meanScore = (model: string, task?: string) =>
    mean(sample.filter((row) => task === undefined || row.task === task).map((row) => row.models[model]!.score));

  it('is large enough, and no text occurs twice', () => {
    expect([MODELS.length >= 8, TASKS.length >= 8, TRAIN_PER_TASK + TEST_PER_TASK >= 60]).toEqual([true, true, true]);
    for (const seed of seeds) {
      const texts = simulateSample(seed).map((row) => row.query);
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it('words its questions in many ways', () => {
    const wording = (row: SampleRow) => row.query.replace(/\d+/g, '0');
    for (const { name } of TASKS) {
      const wordings = new Set(sample.filter((row) => row.task === name).map(wording));
      expect([name, wordings.size > 20]).toEqual([name, true]);
    }
  });

  it('follows its stated model: harder questions and weaker models score less', () => {
    const chance = (row: SampleRow) => mean(Object.values(row.models).map(({ score }) => score));
    const length = (row: SampleRow) => row.query.split(/[.] /).length;
    const puzzles = rows.filter((row) => row.task === 'logic');
    expect(mean(puzzles.filter((row) => length(row) <= 3).map(chance))).toBeGreaterThan(
      mean(puzzles.filter((row) => length(row) >= 5).map(chance)) + 0.15,
    );
    expect(meanScore('sim-kestrel-xl')).toBeGreaterThan(meanScore('sim-lynx-nano') + 0.2);
  });

  it('is a routing problem: different winners by task, cheap models that win somewhere, room above the best single model', () => {
    const winners = TASKS.map(
      (task) => MODELS.map((model) => model.name).sort((a, b) => meanScore(b, task.name) - meanScore(a, task.name))[0],
    );
    expect(new Set(winners).size).toBeGreaterThan(2);
    const oracle = mean(sample.map((row) => Math.max(...Object.values(row.models).map(({ score }) => score))));
    expect(oracle).toBeGreaterThan(Math.max(...MODELS.map((model) => meanScore(model.name))) + 0.05);
    const dearest = 'sim-kestrel-xl';
    const cheapOnly = sample.filter(
      (row) =>
        row.models[dearest]!.score === 0 &&
        Object.entries(row.models).some(([model, { score }]) => model !== dearest && score === 1),
    );
    expect(cheapOnly.length).toBeGreaterThan(sample.length * 0.05);
  });

  it('costs what tokens and prices say', () => {
    for (const row of sample.slice(0, 50))
      for (const { name, price } of MODELS) {
        const { cost, inputTokens, outputTokens } = row.models[name]!;
        expect(cost).toBeCloseTo((inputTokens * price.input + outputTokens * price.output) / 1e6, 8);
      }
  });
});

describe('writeSample', () => {
  it('gives the same bytes under a seed, others under another, and loads as simulated', async () => {
    const bytes = async (name: string, options = {}) => {
      const dir = join(folder, name);
      await writeSample(dir, options);
      return readdirSync(dir)
        .sort()
        .map((file) => readFileSync(join(dir, file), 'utf8'));
    };
    const [a, b, c] = [await bytes('a'), await bytes('b', { seed: 42 }), await bytes('c', { seed: 43 })];
    expect(a).toEqual(b);
    expect(a[2]).not.toBe(c[2]);
    const dataset = await loadDataset(join(folder, 'a'));
    expect(dataset).toMatchObject({
      name: 'sample',
      simulated: true,
      overlap: 0,
      warnings: [],
      leftOut: [],
      newModels: [],
    });
    expect([dataset.candidates.length, dataset.train.queries.length, dataset.test.queries.length]).toEqual([
      8, 448, 192,
    ]);
    expect(dataset.tasks[0]!.text).toBe(TASKS[0]!.text);
    expect(dataset.families.map(({ name }) => name)).toEqual(['Kestrel', 'Heron', 'Otter', 'Lynx']);
  });
});
