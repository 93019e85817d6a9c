/** Names, quantities and identifiers that a text mentions: a rule, not a model, so that everybody finds the same. */

/** Units by the ways they are written; the first is how an entity says it. */
const UNITS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map(
  [
    ...['mm millimeter millimeters millimetre millimetres', 'cm centimeter centimeters centimetre centimetres'],
    ...['m meter meters metre metres', 'km kilometer kilometers kilometre kilometres', 'inch inches', 'ft foot feet'],
    ...['yd yard yards', 'mile miles', 'acre acres', 'hectare hectares', 'mg milligram milligrams', 'g gram grams'],
    ...['kg kilogram kilograms', 'ton tons tonne tonnes', 'oz ounce ounces', 'lb lbs pound pounds'],
    ...['ml milliliter milliliters', 'L l liter liters litre litres', 'gallon gallons', 'cup cups'],
    ...['ms millisecond milliseconds', 's sec second seconds', 'min minute minutes', 'h hr hour hours', 'day days'],
    ...['week weeks', 'month months', 'year years', 'mph', 'kmh kph', 'Hz hertz', 'kHz', 'MHz', 'GHz', 'W watt watts'],
    ...['kW', 'kWh', 'V volt volts', 'A amp amps', 'J joule joules', 'kJ', 'cal calorie calories', 'kcal'],
    ...['N newton newtons', 'Pa pascal pascals', 'mol mole moles', 'KB', 'MB', 'GB', 'TB', 'px pixel pixels'],
    ...['% percent', '$ dollar dollars', '€ euro euros', '£', '¥ yen', '° degree degrees', 'cent cents'],
  ].flatMap((line) => {
    const spellings = line.split(' ');
    return spellings.map((spelling) => [spelling, spellings[0]!] as const);
  }),
);

/** Words that questions and sentences begin with: capitalised, yet no part of a name. */
const OPENERS: ReadonlySet<string> = /* @__PURE__ */ new Set(
  (
    'A An The This That These Those I We You He She It They My Our Your His Her Its Their What Which Who Whose Whom ' +
    'When Where Why How Is Are Was Were Do Does Did Can Could Will Would Should May Might Must If In On At By For From ' +
    'Of To With And Or But Not No Yes As Then Than So There Here All Each Every Some Any Let Given Find Write Please ' +
    'After Before During While Since Until Answer Question'
  ).split(' '),
);

/** Longer ones are blobs, such as keys and encoded files. */
const MOST_CHARACTERS = 60;
const MOST_WORDS = 6;

interface Word {
  text: string;
  /** What stands between the word before and this one. */
  gap: string;
}

/** Letters, marks, digits and underscores together are a word: one class of characters, so that no text is read twice. */
function wordsOf(text: string): { words: Word[]; rest: string } {
  const words: Word[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu)) {
    words.push({ text: word, gap: text.slice(end, index) });
    end = index + word.length;
  }
  return { words, rest: text.slice(end) };
}

const isDigits = (word: string): boolean => /^[0-9]+$/.test(word);
const isCapitalised = (word: string): boolean => /^\p{Lu}/u.test(word);
const isAcronym = (word: string): boolean => /^\p{Lu}[\p{Lu}\p{N}]+$/u.test(word);
/** `snake_case` or `camelCase`, and names such as `iPhone`. */
const isIdentifier = (word: string): boolean => /[\p{L}\p{N}]_[\p{L}\p{N}]|\p{Ll}\p{Lu}/u.test(word);
/** A word of a dotted path such as `os.path.join`. */
const isStep = (word: string): boolean => /^[a-z_][\p{L}\p{N}_]+$/u.test(word);

/**
 * The entities of a text, each once, in the order in which they first appear:
 * - names: up to 6 capitalised words side by side, without the words that sentences begin with. A single word counts inside a sentence, not
 *   where one begins, unless it is an acronym;
 * - quantities: a number with a unit or a currency, the unit in one spelling: `5 km`, `3.5 %`, `20 $`;
 * - identifiers of code: words with an inner underscore or capital, dotted paths, and what `()` follows.
 *
 * Longer than 60 characters is none. Reads each character a fixed number of times: linear in the length of the text.
 */
export function entitiesOf(text: string): string[] {
  const found = new Set<string>();
  const { words, rest } = wordsOf(text);
  const gapAfter = (i: number): string => (i + 1 < words.length ? words[i + 1]!.gap : rest);
  for (let i = 0; i < words.length;) {
    const { entity, taken } =
      quantityAt(words, i, gapAfter) ?? identifierAt(words, i, gapAfter) ?? nameAt(words, i) ?? NOTHING;
    if (entity !== '' && entity.length <= MOST_CHARACTERS) found.add(entity);
    i += taken;
  }
  return [...found];
}

/** What begins at a word, and how many words it takes; an empty text is none. */
interface Found {
  entity: string;
  taken: number;
}
const NOTHING: Found = { entity: '', taken: 1 };

type GapAfter = (i: number) => string;

function quantityAt(words: readonly Word[], at: number, gapAfter: GapAfter): Found | null {
  const first = words[at]!;
  const joined = /^([0-9]+)(\p{L}+)$/u.exec(first.text);
  if (joined !== null) {
    const unit = UNITS.get(joined[2]!);
    return unit === undefined ? null : { entity: `${joined[1]} ${unit}`, taken: 1 };
  }
  if (!isDigits(first.text)) return null;
  let [number, taken] = [first.text, 1];
  for (; at + taken < words.length; taken++) {
    const { text, gap } = words[at + taken]!;
    const isThousand = gap === ',' && text.length === 3;
    if (!isDigits(text) || !(gap === '.' || isThousand)) break;
    number += isThousand ? text : `.${text}`;
  }
  const after = gapAfter(at + taken - 1);
  const currency = /[$€£¥]\s?$/.exec(first.gap.slice(-2))?.[0].trim();
  // Between two of them is a formula.
  if (currency !== undefined && !after.startsWith('$')) return { entity: `${number} ${currency}`, taken };
  const sign = /^ ?([%°€])/.exec(after)?.[1];
  if (sign !== undefined) return { entity: `${number} ${sign}`, taken };
  const next = words[at + taken];
  const unit = next !== undefined && /^[ -]?$/.test(next.gap) ? UNITS.get(next.text) : undefined;
  return unit === undefined ? { entity: '', taken } : { entity: `${number} ${unit}`, taken: taken + 1 };
}

function identifierAt(words: readonly Word[], at: number, gapAfter: GapAfter): Found | null {
  let taken = 1;
  while (isStep(words[at + taken - 1]!.text) && words[at + taken]?.gap === '.' && isStep(words[at + taken]!.text))
    taken++;
  const path = words.slice(at, at + taken).map(({ text }) => text);
  const isCall = path[0]!.length > 1 && gapAfter(at + taken - 1).startsWith('()');
  return taken > 1 || isCall || isIdentifier(path[0]!) ? { entity: path.join('.'), taken } : null;
}

function nameAt(words: readonly Word[], at: number): Found | null {
  const run: Word[] = [];
  while (run.length < MOST_WORDS) {
    const word = words[at + run.length];
    if (word === undefined || !isCapitalised(word.text) || isIdentifier(word.text)) break;
    const isInitial = run.at(-1)?.text.length === 1 && word.gap === '. ' && !OPENERS.has(word.text);
    if (run.length > 0 && !isInitial && !/^[ -]$/.test(word.gap)) break;
    run.push(word);
  }
  if (run.length === 0) return null;
  const openers = run.findIndex(({ text }) => !OPENERS.has(text));
  const name = openers === -1 ? [] : run.slice(openers);
  const [first] = name;
  const isInside = openers > 0 || (at > 0 && /^[^.!?:;\n"“*•#]*$/.test(first?.gap ?? ''));
  const isNamed =
    first !== undefined && (name.length > 1 || isAcronym(first.text) || (isInside && first.text.length > 1));
  const entity = isNamed ? name.map(({ text, gap }, i) => (i === 0 ? text : gap + text)).join('') : '';
  return { entity, taken: run.length };
}
