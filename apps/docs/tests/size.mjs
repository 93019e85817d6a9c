// What a first visit to each page loads, gzipped: the page, its style sheets, and the scripts that it asks for before anything is
// touched, with what those import. Fonts are counted apart. The size of the whole site is told.
//
//   node apps/docs/tests/size.mjs [SITE] [--all]
import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { firstLoad } from './size/first-load.mjs';
import { builtSite, filesIn, pagesIn } from './site.mjs';

const BUDGET_KB = 500;
const KB = 1024;

const args = process.argv.slice(2);
const folder = builtSite(args.find((argument) => !argument.startsWith('--')));
const read = (file) => readFileSync(join(folder, file));
const sizes = new Map();
const zipped = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(read(file)).length);
  return sizes.get(file);
};
const sum = (files, size) => files.reduce((total, file) => total + size(file), 0);
const bytes = (file) => statSync(join(folder, file)).size;

const pages = [...pagesIn(folder)].map(([page, document]) => {
  const { scripts, styles, fonts } = firstLoad(page, document, (file) => read(file).toString());
  const parts = { html: zipped(page), css: sum(styles, zipped), js: sum(scripts, zipped), fonts: sum(fonts, bytes) };
  return { page, ...parts, total: parts.html + parts.css + parts.js };
});
pages.sort((a, b) => b.total - a.total);
const over = pages.filter(({ total }) => total > BUDGET_KB * KB);

const kb = (n) => `${(n / KB).toFixed(0)} KB`;
const line = ({ page, html, css, js, fonts, total }) =>
  `${page}: ${kb(total)} (html ${kb(html)}, css ${kb(css)}, js ${kb(js)}), fonts ${kb(fonts)}`;
for (const page of args.includes('--all') ? pages : pages.slice(0, 5)) console.log(line(page));
for (const { page, total } of over)
  console.log(`FAIL ${page}: a first visit loads ${kb(total)}, more than ${BUDGET_KB} KB`);
const files = filesIn(folder);
const kinds = Object.entries(groups(files, kindOf)).map(([kind, some]) => `${kind} ${kb(sum(some, bytes))}`);
console.log(`the whole site: ${files.length} files, ${kb(sum(files, bytes))}: ${kinds.join(', ')}`);
console.log(`${pages.length - over.length} passed, ${over.length} failed`);
process.exit(over.length === 0 ? 0 : 1);

function kindOf(file) {
  return posix.extname(file).slice(1) || 'other';
}

function groups(items, of) {
  const found = {};
  for (const item of items) (found[of(item)] ??= []).push(item);
  return found;
}
