import { parsePythonLiteral, type PythonValue } from '@routeprofile/data';
import { RouteProfileError } from '@routeprofile/schema';
import { dedent, extractCode, indent } from './extract.js';
import type { CodeTask } from './sandbox.js';

/** What a code row asks: assertions to hold (MBPP), or a function to complete and its test program (HumanEval). */
export type CodeProblem =
  | { kind: 'assertions'; assertions: readonly string[] }
  | { kind: 'completion'; prompt: string; entry: string; test: string };

const TOP_LEVEL_FUNCTION = /^(?:async[ \t]+)?def[ \t]+(\w+)/gm;

function assertionsOf(truth: unknown): readonly string[] | null {
  let value: unknown = truth;
  if (typeof truth === 'string') {
    let parsed: PythonValue;
    try {
      parsed = parsePythonLiteral(truth);
    } catch (error) {
      if (RouteProfileError.isInstance(error)) return null;
      throw error;
    }
    value = parsed;
  }
  return Array.isArray(value) && value.length > 0 && value.every((test) => typeof test === 'string') ? value : null;
}

/**
 * Reads a row's tests: a list of assertions (an array, or a Python literal in a string), or a test program that defines
 * `check(candidate)` for the last function of the query.
 * @returns null when the row holds neither
 */
export function codeProblem(query: string, truth: unknown): CodeProblem | null {
  const assertions = assertionsOf(truth);
  if (assertions !== null) return { kind: 'assertions', assertions };
  const entry = [...query.matchAll(TOP_LEVEL_FUNCTION)].at(-1)?.[1];
  if (typeof truth !== 'string' || entry === undefined || !/^def[ \t]+check[ \t]*\(/m.test(truth)) return null;
  return { kind: 'completion', prompt: query.endsWith('\n') ? query : `${query}\n`, entry, test: truth };
}

/** The prompt's text before the function to complete: imports and helpers that an answer may rely on. */
function preamble(prompt: string, entry: string): string {
  const start = new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${entry}\\b`, 'm').exec(prompt);
  return start === null ? '' : prompt.slice(0, start.index);
}

/** The first line alone lost its indentation, as when a response was trimmed. */
const withFirstLineIndented = (code: string): string => `    ${code.trimStart()}`;

/**
 * An answer as a program with its tests. Several readings, the likeliest first; the first that compiles is run, whatever
 * the tests say of it. A completion may be the whole function or its body, indented or not.
 */
export function codeTask(problem: CodeProblem, response: string): CodeTask {
  const code = extractCode(response);
  const flat = dedent(code);
  if (problem.kind === 'assertions') return { sources: [flat, code.trim()], tests: problem.assertions };
  const { prompt, entry, test } = problem;
  const whole = new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${entry}\\b`, 'm').test(flat);
  const sources = whole
    ? [preamble(prompt, entry) + flat]
    : [code, indent(flat), withFirstLineIndented(code), indent(code.trim())].map((body) => prompt + body);
  return { sources, tests: [test, `check(${entry})`] };
}
