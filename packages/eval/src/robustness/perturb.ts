import { createRandom, RouteProfileError, type Random } from '@routeprofile/schema';

/** Ways to say the same otherwise. A router that knows what is asked should not care. */
export interface Perturbation {
  name: string;
  /** One line: what it does to a query. */
  summary: string;
  /** The query said otherwise; the same text and stream give the same. */
  apply: (text: string, random: Random) => string;
}

const POLITE = [
  'Hello! Could you please help me with this? ',
  'Hi there, I would appreciate your help with the following. ',
  'Please, if you have a moment: ',
  'Good morning. I have a question for you. ',
] as const;

/** `{}` stands for the query. */
const PARAPHRASES = [
  'Please answer: {}',
  'I would like to know the following. {}',
  'Here is what I need answered:\n{}',
  '{}\n\nWhat do you say?',
  'My question is this: {}',
] as const;

const INSTRUCTIONS = [
  '### Instruction:\n{}\n\n### Response:\n',
  'You are a helpful assistant. Read the task below and respond to it.\n\nTask: {}\n\nAnswer:',
  '<task>\n{}\n</task>\nRespond to the task above.',
] as const;

/** Rows of a QWERTY keyboard: a letter's neighbours stand beside it. */
const KEYBOARD = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

const TYPO_RATE = 0.02;
const DOUBLED_SPACE_RATE = 0.1;

const pick = <T>(items: readonly T[], random: Random): T => items[random.int(items.length)]!;

/** No `String.replace`: a query may hold `$&`. */
const fill = (template: string, text: string): string => template.split('{}').join(text);

const casing = (text: string, random: Random): string => {
  const titled = () => text.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
  return pick([() => text.toLowerCase(), () => text.toUpperCase(), titled], random)();
};

/** Spaces doubled, a stray line end, and the closing mark dropped, doubled or set apart. */
function spacing(text: string, random: Random): string {
  const spaced = text.replace(/ /g, () => (random.float() < DOUBLED_SPACE_RATE ? '  ' : ' ')).trimEnd();
  const mark = /[.?!]$/.exec(spaced)?.[0] ?? '';
  const body = spaced.slice(0, spaced.length - mark.length);
  const ends = mark === '' ? ['.', ' ...', ' '] : ['', mark + mark, ` ${mark}`];
  return body + pick(ends, random) + pick(['', '\n', '  '], random);
}

function neighbours(letter: string): string[] {
  const row = KEYBOARD.find((keys) => keys.includes(letter)) ?? '';
  const at = row.indexOf(letter);
  return [row[at - 1], row[at + 1]].filter((key) => key !== undefined);
}

/** One letter in fifty swapped with the next, left out, doubled, or its neighbour on the keyboard. */
function typos(text: string, random: Random): string {
  const letters = [...text];
  let out = '';
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    if (!/\p{L}/u.test(letter) || random.float() >= TYPO_RATE) {
      out += letter;
      continue;
    }
    const near = neighbours(letter);
    const next = letters[i + 1];
    const kind = random.int(4);
    if (kind === 0 && next !== undefined) {
      out += next + letter;
      i++;
    } else if (kind === 1) out += letter + letter;
    else if (kind === 2 && near.length > 0) out += pick(near, random);
    // Otherwise the letter is left out.
  }
  return out;
}

/** Every perturbation, in the order of reports. */
export const PERTURBATIONS = [
  {
    name: 'polite',
    summary: 'a polite sentence before the query',
    apply: (text, random) => pick(POLITE, random) + text,
  },
  { name: 'casing', summary: 'all lower case, all capitals, or every word capitalised', apply: casing },
  { name: 'spacing', summary: 'doubled spaces, another closing mark, a stray line end', apply: spacing },
  { name: 'typos', summary: 'two letters in a hundred mistyped', apply: typos },
  {
    name: 'paraphrase',
    summary: 'the query inside a sentence that asks for it',
    apply: (text, random) => fill(pick(PARAPHRASES, random), text),
  },
  {
    name: 'instruction',
    summary: 'the query inside a prompt template',
    apply: (text, random) => fill(pick(INSTRUCTIONS, random), text),
  },
] as const satisfies readonly Perturbation[];

/** Name of one of `PERTURBATIONS`. */
export type PerturbationName = (typeof PERTURBATIONS)[number]['name'];

/**
 * The query said otherwise, as `PERTURBATIONS` describes; what it means stays, or nearly.
 * @param random a stream of `createRandom`; `perturbQueries` gives each text its own
 */
export function perturbQuery(text: string, name: PerturbationName, random: Random): string {
  return PERTURBATIONS.find((perturbation) => perturbation.name === name)!.apply(text, random);
}

/** Queries said otherwise, each by a stream of its own: what becomes of a text depends on the seed and the text alone. */
export const perturbQueries = (texts: readonly string[], name: PerturbationName, seed: number): string[] =>
  texts.map((text) => perturbQuery(text, name, createRandom(seed, 'perturbation', name, text)));

/**
 * Share of the queries that go to the same model as before, in [0, 1].
 * @param original index of the chosen model, one a query
 * @param perturbed the same for the perturbed queries, in the same order
 * @throws RouteProfileError SHAPE_MISMATCH for lists of two lengths, or without a query
 */
export function robustnessOf(
  original: ArrayLike<number>,
  perturbed: ArrayLike<number>,
): { unchanged: number; queries: number } {
  const queries = original.length;
  if (perturbed.length !== queries || queries === 0)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `robustness: ${perturbed.length} choices of perturbed queries for ${queries} choices, expected as many, and one at least`,
    );
  let same = 0;
  for (let q = 0; q < queries; q++) if (original[q] === perturbed[q]) same++;
  return { unchanged: same / queries, queries };
}
