import type { ModelCardFile, TrajectoryStep } from '@routeprofile/schema';
import { parsePythonLiteral } from '../../python/literal.js';
import { fieldAt, isFields, parsePath, unpacked, type Fields } from '../paths.js';
import { roleOfName, type Role } from '../roles.js';
import { isFlag } from '../score-names.js';
import type { SaidScore, SaidScores } from '../said-scores.js';
import type { SystemParts } from '../systems.js';
import { LATENCY_UNITS, Measured, type UnitRole } from '../units.js';
import { isAbsent } from '../values.js';

/** What a record says of one call, by role: a score in 0 to 1 (or on the preset's scale), dollars, tokens, seconds. */
export type PresetCall = Partial<Record<Role, unknown>> & {
  /** Scores by the names of their metrics, where there may be several: one is read, and the others are named. */
  scores?: Fields;
  /** Fields like scores that may say no more than that the call worked: read where they say more, and nothing else is there. */
  flags?: Fields;
  /** All that was asked, where `query` may be a part of it: taken where one text stands for several questions. */
  whole?: unknown;
  /** What tells ways of running one model apart: their outcomes are averaged, and the ways are named. */
  system?: SystemParts;
  /** What the tool itself calls the model, taken where the model's name stands for several. */
  label?: string;
  /** Where the query stands in a trajectory. */
  step?: TrajectoryStep;
  /** What was left out or chosen for a role, as sentences that are said with the number of calls. */
  notes?: Partial<Record<Role, string | readonly string[]>>;
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
  /** What other records say of calls. */
  said?: Pick<SaidScores, 'of' | 'sourcesOf'>;
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
  /** What a record says of calls, its own or those of others. All are read before the first call. */
  says?(record: Fields): readonly SaidScore[];
  /** The calls that a record tells of. A role that is missing is not known. */
  calls(record: Fields, context: PresetContext): readonly PresetCall[] | Skipped;
  /** Its ids are those of questions, not of calls; and a file is a run. */
  questionIds?: true;
  /** Its scores have names that users gave: the one that most records have is read. Default: the first of each task. */
  ownScores?: true;
  /** The scale of its scores, unless they all lie in 0 to 1. */
  scale?: 'percent';
  /** Paths of what names a model: its name, where a label may stand for it, and what tells ways of running it apart. */
  names?: { model?: string; system: string };
  /** What its variants are called: `filter`. */
  variants?: string;
  /** By which fields a second file with scores is joined: of the record, and of that file. The first that exists is taken. */
  joins?: readonly (readonly [record: string, scores: string])[];
  /** Cards of its models, such as their prices: written where there are none. */
  cards?: Readonly<Record<string, Partial<ModelCardFile>>>;
  /** What to do when there are no scores, or no queries. */
  hints?: { score?: string; query?: string; model?: string };
}

/** What tools write where they kept nothing: an empty text, list or object, also as JSON. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && /^\s*(?:\{\s*\}|\[\s*\]|null)?\s*$/.test(value)) ||
  (Array.isArray(value) && value.length === 0) ||
  (isFields(value) && Object.keys(value).length === 0);

/** Reads the first of some fields or paths that has anything. */
export function at(...names: readonly string[]): (record: Fields) => unknown {
  const paths = names.map((name) => ({ name, path: parsePath(name) }));
  return (record) => {
    for (const { name, path } of paths) {
      const value = fieldAt(record, name, path);
      if (!isEmpty(value)) return value;
    }
    return undefined;
  };
}

const CHATS = /completion|chat|response|message|generate_?content/i;
const NOT_CHATS =
  /embed|moderation|image|audio|speech|transcri|rerank|video|ocr|vector|file|fine_?tun|batch|assistant|search|mcp/i;

/** Why a call of this kind, such as `aembedding` or `/v1/embeddings`, is left out; undefined for a chat, and where there is no kind. */
export const unlessChat = (kind: unknown): Skipped | undefined =>
  typeof kind === 'string' && !CHATS.test(kind) && NOT_CHATS.test(kind)
    ? { skipped: `calls that are not chats (${kind})` }
    : undefined;

/** True where the record has all of these fields, whatever they hold. */
export const has = (record: Fields, ...names: readonly string[]): boolean =>
  names.every((name) => Object.hasOwn(record, name));

/** The first field of an object whose name speaks of a role, by how telling it is: `question` for the query. */
function fieldOf(value: unknown, role: Role): readonly [name: string, value: unknown] | undefined {
  if (!isFields(value)) return undefined;
  const named = Object.keys(value).flatMap((name) => {
    const known = roleOfName(name);
    return known?.role === role ? [{ name, rank: known.rank }] : [];
  });
  const [best] = named.toSorted((a, b) => a.rank - b.rank);
  return best === undefined ? undefined : [best.name, value[best.name]];
}

/** Its value. */
export const byRole = (value: unknown, role: Role): unknown => fieldOf(value, role)?.[1];

/** Its number, in the unit that its name tells; undefined where there is none. */
export function measuredByRole(value: unknown, role: UnitRole): Measured | undefined {
  const field = fieldOf(value, role);
  return field === undefined || !isPlain(field[1]) || isAbsent(field[1]) ? undefined : new Measured(field[1], field[0]);
}

const isPlain = (value: unknown): boolean => !isFields(value) && !Array.isArray(value);

/** The fields of an object that are scores by their name, under the path that leads to them. */
export function scoresIn(value: unknown, path = ''): Fields {
  const inside = unpacked(value);
  if (!isFields(inside)) return {};
  const scores = Object.entries(inside).filter(
    ([name, one]) => isPlain(one) && roleOfName(name)?.role === 'score' && !isFlag(name),
  );
  return Object.fromEntries(scores.map(([name, one]) => [path === '' ? name : `${path}.${name}`, one]));
}

/** The fields of a record that say whether a call worked. */
export const flagsIn = (record: Fields): Fields =>
  Object.fromEntries(Object.entries(record).filter(([name, one]) => isPlain(one) && isFlag(name)));

/** Scores by name: of an object, or of a list of objects with a name; each may be an object that has its value. */
export function namedScores(value: unknown): Fields {
  const given = unpacked(value);
  const scores = new Map<string, unknown[]>();
  const put = (name: unknown, one: unknown): void => {
    const key = typeof name === 'string' ? name : 'score';
    scores.set(key, [...(scores.get(key) ?? []), isFields(one) ? scoreValue(one) : one]);
  };
  if (isFields(given)) for (const [name, one] of Object.entries(given)) put(name, one);
  else if (Array.isArray(given)) for (const one of given.filter(isFields)) put(one['name'] ?? one['metric'], one);
  return Object.fromEntries([...scores].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

const scoreType = /* @__PURE__ */ at('dataType', 'data_type', 'valueType');
const scoreText = /* @__PURE__ */ at('stringValue', 'string_value');

/**
 * The value of a score that is an object. A number may have a text beside it; 1 and 0 of a boolean are true and false, whatever scale
 * others are on; a category is a text beside a number that means nothing.
 */
export function scoreValue(score: Fields): unknown {
  const value = score['value'] ?? score['score'];
  const type = String(scoreType(score)).toLowerCase();
  if (type === 'boolean' && /^[01]$/.test(String(value))) return String(value) === '1';
  return type === 'boolean' || type === 'numeric' ? value : (scoreText(score) ?? value);
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

/** A number of milliseconds. */
export const milliseconds = (value: unknown): Measured => new Measured(value, LATENCY_UNITS.ms);
