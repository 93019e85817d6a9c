// Looks for the turns of phrase that the section "Words" of CONTRIBUTING.md rules out, as far as a pattern finds them.
//
//   node tools/words.mjs                fails where a tracked text has one
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const UNIT =
  '(?:axis|batch|call|candidate|cell|column|component|dimension|edge|entry|epoch|file|fold|group|key|layer|line|message|model|node|package|pair|penalty|' +
  'policy|process|profile|query|record|request|resample|router|row|run|scenario|second|seed|series|step|task|text|token|way|window)';
const COUNTED =
  '(?:abilities|arrays|bytes|cells|cents|columns|decisions|dimensions|dollars|keys|lines|lists|measurements|' +
  'kB|MB|MiB|milliseconds|models|ms|multiplications|numbers|outcomes|pairs|points|queries|rows|scores|seconds|steps|strings|texts|tokens|' +
  'values|vectors|ways)';
/** The same, where one of them is meant: `a random vector a model`. */
const ONE_COUNTED = '(?:array|backend|decision|entry|fit|key|line|list|matrix|number|row|score|step|text|value|vector)';
const NOT_COUNTED =
  '(?:as|at|before|behind|by|for|from|gives|has|in|into|is|makes|needs|of|on|over|reads|takes|than|to|under|was|with)';

const FAULTS = [
  { pattern: /^(?:<{7}|>{7}) .*|^(?:> ){6}.*/gm, instead: 'the text as merged: this is a mark of a conflict' },
  // What a merge left behind.
  { pattern: /<{7} \S+/g, instead: 'what both sides meant' },
  { pattern: /\btold of\b/gi, instead: '"is reported" or "is named"' },
  {
    pattern:
      /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|better\b|worse\b|fewer\b|other\b|(?:clos|dear|fast|great|high|larg|long|low|near|slow|small|wid)er\b)[^ ]+/gi,
    instead: '"is not a …", or "there is no …"',
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:[Oo]ne|[Aa]n?) (?!${NOT_COUNTED}\b)[a-z-]+ an? ${UNIT}\b(?=[,.;:)\]'"\x60]| of | is | in |$)`,
      'g',
    ),
    instead: '"one … per …"',
  },
  {
    pattern: new RegExp(String.raw`\b[Oo]ne (?!${NOT_COUNTED}\b)[a-z-]+ an? ${UNIT}\b`, 'g'),
    instead: '"one … per …"',
  },
  {
    pattern: new RegExp(String.raw`\b${COUNTED} an? ${UNIT}\b(?! (?:has|had|gives|needs)\b)`, 'gi'),
    instead: '"… per …"',
  },
  {
    pattern: new RegExp(
      String.raw`\b(?:[Oo]ne|[Aa]n?) [a-z0-9-]+ ${ONE_COUNTED} an? ${UNIT}\b(?! (?:has|had|gives|needs)\b)`,
      'g',
    ),
    instead: '"one … per …"',
  },
  { pattern: new RegExp(String.raw`\bonce an? (?!second\b)${UNIT}\b`, 'g'), instead: '"once per …"' },
  { pattern: /\bprices? of (?:a|one) dollar\b/gi, instead: '"cost weight λ"' },
  { pattern: /\b(?:a|one) (?:fold|run|cell|query|model) more\b/gi, instead: '"one extra …"' },
  { pattern: /\bin other words\b/gi, instead: '"rephrased"' },
  { pattern: /\b(?:leave|leaves|leaving|left) [^.;:,]{1,30} away\b/gi, instead: '"omit"' },
  { pattern: /\bso many (?!\w+(?: \w+)? that\b)/gi, instead: 'the number itself, "N …"' },
];

/** Phrases that a pattern finds and that are right where they stand, each with the reason. */
const ALLOWED = [
  { phrase: "a text's tokens a policy reads", reason: 'the policy does the reading' },
  { phrase: 'the rows a router is surest of', reason: 'the router is what is sure' },
];

const SKIPPED = [
  /\.test\.ts$/,
  /(^|\/)(fixtures|tests)\//,
  /(^|\/)CHANGELOG\.md$/,
  /^tools\/words\.mjs$/, // the patterns themselves
];
const TABLE_OF_WORDS = /^\| write [^]*?\n\n/m;

const blanked = (text) => text.replace(/[^\n]/g, ' ');

/** Runs of lines without an empty one between them, without what opens a line of a comment: a phrase may go over two lines. */
function paragraphs(text) {
  const found = [[]];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^\s*(?:\/\/|\/?\*+(?!\/)|>)?\s*/, '').trimEnd();
    if (line === '' || line.startsWith('#')) found.push([]);
    if (line !== '') found.at(-1).push({ number: at + 1, line });
  }
  return found.filter((lines) => lines.length > 0);
}

function findingsOf(path, lines) {
  const text = lines.map(({ line }) => line).join(' ');
  const numberAt = (index) => {
    let end = -1;
    return lines.find(({ line }) => (end += line.length + 1) >= index).number;
  };
  return FAULTS.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)]
      .filter(({ index, 0: found }) => !allowed(text, index, found.length))
      .map(({ index, 0: found }) => `${path}:${numberAt(index)}: "${found}": write ${instead}`),
  );
}

function findings(path) {
  const text = readFileSync(path, 'utf8');
  return paragraphs(path === 'CONTRIBUTING.md' ? text.replace(TABLE_OF_WORDS, blanked) : text).flatMap((lines) =>
    findingsOf(path, lines),
  );
}

const used = new Set();
function allowed(text, from, length) {
  for (const { phrase } of ALLOWED) {
    const first = Math.max(0, from + length - phrase.length);
    const at = text.indexOf(phrase, first);
    if (at >= 0 && at <= from) {
      used.add(phrase);
      return true;
    }
  }
  return false;
}

const paths = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.vue', '*.md'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path && !SKIPPED.some((skipped) => skipped.test(path)));
const found = [...new Set(paths.flatMap(findings))];
const idle = ALLOWED.filter(({ phrase }) => !used.has(phrase)).map(
  ({ phrase }) => `tools/words.mjs: "${phrase}" is allowed and nowhere written`,
);
for (const each of [...found, ...idle]) console.error(each);
process.exit(found.length + idle.length > 0 ? 1 : 0);
