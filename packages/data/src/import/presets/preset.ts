import { parsePythonLiteral } from '../../python/literal.js';
import { fieldAt, isFields, parsePath, unpacked, type Fields } from '../paths.js';
import { roleOfName, type Role } from '../roles.js';
import type { SystemParts } from '../systems.js';

/** What a record says of one call, by role: a score in 0 to 1 (or on the preset's scale), dollars, tokens, seconds. */
export type PresetCall = Partial<Record<Role, unknown>> & {
  /** Scores by the names of their metrics, where there may be several: the first is read, and the others are named. */
  scores?: Fields;
  /** All that was asked, where `query` may be a part of it: taken where one text stands for several questions. */
  whole?: unknown;
  /** What tells ways of running one model apart: their outcomes are averaged, and the ways are named. */
  system?: SystemParts;
  /** What the tool itself calls the model, taken where the model's name stands for several. */
  label?: string;
  /** Which of several readings of the same answer this is: only the first that a task has is imported. */
  variant?: string;
};

/** Why there is no call in a record, in the plural: `failed calls`. */
export interface Skipped {
  skipped: string;
}

export interface PresetContext {
  /** What stands around the records of the file. */
  outer: Fields;
  /** Path of the file, with `/` between its parts. */
  path: string;
}

/** How to read what one tool exports. A preset is a value in the list `builtInPresets`; what it reads is told to the user. */
export interface Preset {
  /** As `--preset` takes it. */
  name: string;
  /** As messages call the files: `promptfoo results`. */
  title: string;
  /** Where records may be: paths, the most telling first. The empty path is a record per line, or a list of them. */
  records: readonly string[];
  /** From what each role is read, in words. */
  reads: Partial<Record<Role, string>>;
  /** True for a record of this tool and of no other. */
  recognise(record: Fields, context: PresetContext): boolean;
  /** The calls that a record tells of. A role that is missing is not known. */
  calls(record: Fields, context: PresetContext): readonly PresetCall[] | Skipped;
  /** Its ids are those of questions, not of calls; and a file is a run. */
  questionIds?: true;
  /** The scale of its scores, unless they all lie in 0 to 1. */
  scale?: 'percent';
  /** Paths of what names a model: its name, where a label may stand for it, and what tells ways of running it apart. */
  names?: { model?: string; system: string };
  /** What its variants are called: `filter`. */
  variants?: string;
  /** By which fields a second file with scores is joined: of the record, and of that file. The first that exists is taken. */
  joins?: readonly (readonly [record: string, scores: string])[];
  /** What to do when there are no scores, or no queries. */
  hints?: { score?: string; query?: string; model?: string };
}

/** Reads the first of some fields or paths that is there and not null. */
export function at(...names: readonly string[]): (record: Fields) => unknown {
  const paths = names.map((name) => ({ name, path: parsePath(name) }));
  return (record) => {
    for (const { name, path } of paths) {
      const value = fieldAt(record, name, path);
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  };
}

/** True where the record has all of these fields, whatever they hold. */
export const has = (record: Fields, ...names: readonly string[]): boolean =>
  names.every((name) => Object.hasOwn(record, name));

/** The first field of an object whose name speaks of a role: `question` for the query. */
export function byRole(value: unknown, role: Role): unknown {
  if (!isFields(value)) return undefined;
  const named = Object.keys(value).flatMap((name) => {
    const known = roleOfName(name);
    return known?.role === role ? [{ name, rank: known.rank }] : [];
  });
  const [best] = named.toSorted((a, b) => a.rank - b.rank);
  return best === undefined ? undefined : value[best.name];
}

/** A number, also one that a CSV has as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * A question with its choices, a line each: two questions may differ in nothing else. Choices are a list of texts, or an object with one
 * under `text`, also written as JSON or Python; of anything else the question stays as it is.
 */
export function withChoices(question: string, choices: unknown): string {
  const given = listOf(choices);
  const list: unknown = given instanceof Map ? given.get('text') : isFields(given) ? given['text'] : given;
  const texts: readonly unknown[] = Array.isArray(list) ? (list as unknown[]) : [];
  return texts.length > 0 && texts.every((text) => typeof text === 'string')
    ? [question, ...texts.map((text, i) => `${LETTERS[i] ?? i + 1}. ${text}`)].join('\n')
    : question;
}

/** All that was asked: choices in any other form are kept as they are written. */
export function wholeWithChoices(question: string, choices: unknown): string {
  const whole = withChoices(question, choices);
  if (whole !== question || (choices ?? '') === '') return whole;
  return `${question}\n${typeof choices === 'string' ? choices : JSON.stringify(choices)}`;
}

function listOf(choices: unknown): unknown {
  const json = unpacked(choices);
  if (typeof json !== 'string' || !/^\s*[[{]/.test(json)) return json;
  try {
    return parsePythonLiteral(json);
  } catch {
    // A text that merely begins like a list.
    return json;
  }
}

/** A score that is a share of 1, whatever scale other scores are on. */
export const share = (score: number): string => `${100 * score}%`;

/** A score of a type that says true or false, as 1 and 0; any other as it is. */
export const scoreOfType = (score: unknown, type: unknown): unknown =>
  /^boolean$/i.test(String(type)) && /^[01]$/.test(String(score)) ? String(score) === '1' : score;

/** Milliseconds → seconds. */
export const seconds = (milliseconds: unknown): number | undefined => {
  const number = numberOf(milliseconds);
  return number === undefined ? undefined : number / 1000;
};
