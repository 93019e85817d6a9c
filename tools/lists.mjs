// Writes the lists of what is built in into README files and documentation pages, between comments that say which:
//
//   <!-- built-in names: profile -->`index`, `flat`<!-- end -->           names in a line
//   <!-- built-in table: router --> … <!-- end -->                        a table of names, summaries and options
//
//   node tools/lists.mjs            writes them
//   node tools/lists.mjs --check    fails where a page says something else, and where a kind is listed nowhere
import { readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { BUILT_IN_KINDS, builtIns } from '@routeprofile/pipeline';
import { format, resolveConfig } from 'prettier';

const check = process.argv.includes('--check');
const items = builtIns();
const HEADS = {
  profile: 'profile',
  router: 'router',
  wrapper: 'wrapper',
  encoder: 'encoder',
  graph: 'graph',
  metric: 'metric',
  grader: 'grader',
};

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => `\`${text}\``;
const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
const option = ({ name, ...rest }) => ('default' in rest ? `${code(name)} (${cell(shown(rest.default))})` : code(name));

function table(kind) {
  const own = items.filter((item) => item.kind === kind);
  const withOptions = own.some(({ options }) => options.length > 0);
  const rows = own.map(({ usage, name, summary, options }) => [
    code(kind === 'wrapper' ? name : usage),
    cell(summary),
    ...(withOptions ? [options.map(option).join(', ')] : []),
  ]);
  const head = [HEADS[kind], 'what it is', ...(withOptions ? ['options (default)'] : [])];
  return `\n\n${[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}\n\n`;
}

const names = (kind) =>
  items
    .filter((item) => item.kind === kind)
    .map(({ name }) => code(name))
    .join(', ');

const MARK = /<!-- built-in (names|table): ([a-z]+) -->.*?<!-- end -->/gs;
const listed = new Set();

async function rewritten(path, text) {
  const filled = text.replace(MARK, (_, form, kind) => {
    if (!BUILT_IN_KINDS.includes(kind)) throw new Error(`${path}: there is no kind '${kind}' of built-in`);
    listed.add(kind);
    return `<!-- built-in ${form}: ${kind} -->${form === 'table' ? table(kind) : names(kind)}<!-- end -->`;
  });
  return format(filled, { ...(await resolveConfig(path)), filepath: path });
}

const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n').filter(Boolean);
const stale = [];
for (const path of pages) {
  const text = readFileSync(path, 'utf8');
  if (text.search(MARK) < 0) continue;
  const now = await rewritten(path, text);
  if (now === text) continue;
  stale.push(path);
  if (!check) writeFileSync(path, now);
}
const nowhere = BUILT_IN_KINDS.filter((kind) => !listed.has(kind));
if (nowhere.length > 0) console.error(`Listed on no page: ${nowhere.join(', ')}.`);
if (stale.length > 0)
  console.error(
    `${check ? 'Lists are out of date (node tools/lists.mjs mends them)' : 'Written'}: ${stale.join(', ')}`,
  );
process.exit(nowhere.length > 0 || (check && stale.length > 0) ? 1 : 0);
