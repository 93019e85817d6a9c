/** Inflected forms that no rule gives: the base form, then its others. */
const IRREGULAR = `
be am is are was were been being; have has had; do does did done; go goes went gone; say said; make made; get got gotten;
take took taken; see saw seen; come came; know knew known; give gave given; find found; think thought; tell told;
become became; leave left; feel felt; bring brought; begin began begun; keep kept; hold held; write wrote written;
stand stood; hear heard; mean meant; meet met; run ran; pay paid; sit sat; speak spoke spoken; lie lay lain; lead led;
read read; grow grew grown; lose lost; fall fell fallen; send sent; build built; understand understood; draw drew drawn;
break broke broken; spend spent; rise rose risen; drive drove driven; buy bought; wear wore worn; choose chose chosen;
catch caught; teach taught; eat ate eaten; drink drank drunk; sing sang sung; swim swam swum; ring rang rung;
sink sank sunk; fly flew flown; throw threw thrown; blow blew blown; ride rode ridden; hide hid hidden; bite bit bitten;
shake shook shaken; steal stole stolen; freeze froze frozen; fight fought; seek sought; sell sold; shoot shot; sleep slept;
sweep swept; weep wept; creep crept; kneel knelt; stick stuck; strike struck; swing swung; hang hung; dig dug; spin spun;
wind wound; bind bound; grind ground; feed fed; bleed bled; breed bred; slide slid; light lit; win won; shine shone;
tear tore torn; swear swore sworn; bear bore born borne; weave wove woven; wake woke woken; bend bent; lend lent;
leap leapt; deal dealt; dream dreamt; burn burnt; learn learnt; lay laid; stride strode; spring sprang sprung;
shrink shrank shrunk; forget forgot forgotten; forgive forgave forgiven; sew sewn; sow sown; mow mown; show shown;
child children; man men; woman women; foot feet; tooth teeth; goose geese; mouse mice; person people; ox oxen;
leaf leaves; loaf loaves; calf calves; half halves; wolf wolves; knife knives; wife wives; life lives; shelf shelves;
thief thieves; scarf scarves; hoof hooves; elf elves`;

const BASE_OF: ReadonlyMap<string, string> = new Map(
  IRREGULAR.trim()
    .split(/[;\n]/)
    .flatMap((line) => splitByBase(line.trim().split(' '))),
);

function splitByBase(words: string[]): [string, string][] {
  const [base = '', ...forms] = words;
  return forms.map((form) => [form, base]);
}

/** `jogg` → `jog`: the consonant an ending doubled, taken back. */
const undoubled = (stem: string): string[] => (/([bdfgklmnprtvz])\1$/.test(stem) ? [stem.slice(0, -1)] : []);

/** Ending, and what a stem may have been before it. */
const ENDINGS: readonly (readonly [RegExp, (stem: string) => string[]])[] = [
  [/ies$/, (stem) => [`${stem}y`, `${stem}ie`]],
  [/(?<![sui])s$/, (stem) => [stem]],
  [/(?<=s|x|z|ch|sh|o)es$/, (stem) => [stem]],
  [/ied$/, (stem) => [`${stem}y`, `${stem}ie`]],
  // A stem has a vowel: `red` and `thing` are not inflections. It is looked for once, after the end is found.
  [/ed$(?<=[aeiouy].*ed)/, (stem) => [stem, `${stem}e`, ...undoubled(stem)]],
  [/ying$/, (stem) => [`${stem}ie`]],
  [/ing$(?<=[aeiouy].*ing)/, (stem) => [stem, `${stem}e`, ...undoubled(stem)]],
];

/**
 * What an English word may be an inflection of, itself included: plurals, third persons, past forms and -ing forms, by rule
 * and by a table of irregular words. Over-generates (`hoped` → `hope`, `hop`): made for looking a known base form up, not for tagging.
 */
export function baseForms(word: string): Set<string> {
  const forms = new Set([word]);
  const irregular = BASE_OF.get(word);
  if (irregular !== undefined) forms.add(irregular);
  for (const [ending, bases] of ENDINGS) {
    const stem = word.replace(ending, '');
    if (stem !== word) for (const base of bases(stem)) if (base.length >= 2) forms.add(base);
  }
  return forms;
}
