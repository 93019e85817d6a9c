// Every link of the built site leads somewhere: to a file of the site, to an element of a page. Links of the Markdown that is read
// outside of the site lead to files of the repository. Addresses elsewhere are checked for their form, and listed with --list.
//
//   node apps/docs/tests/links.mjs [SITE] [--list]
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import MarkdownIt from 'markdown-it';
import { writtenPages } from './code-blocks/pages.mjs';
import { checkLinks } from './links/check.mjs';
import { builtSite, pagesIn } from './site.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const args = process.argv.slice(2);
const folder = builtSite(args.find((argument) => !argument.startsWith('--')));
const pages = pagesIn(folder);
const { problems, external, internal } = checkLinks(folder, pages);

const parser = new MarkdownIt({ html: true });
const outside = writtenPages(root).filter((page) => !page.startsWith('apps/docs/'));
for (const page of outside)
  for (const link of linksOf(readFileSync(join(root, page), 'utf8')))
    if (/^https?:/.test(link)) external.set(link, page);
    else if (!link.startsWith('#') && !existsSync(join(root, dirname(page), decodeURIComponent(link.split('#')[0]))))
      problems.push(`${page}: ${link}: leads to no file of the repository`);

for (const problem of problems) console.log(`FAIL ${problem}`);
if (args.includes('--list')) for (const [address, page] of [...external].sort()) console.log(`${address} (${page})`);
console.log(
  `${pages.size} pages, ${internal} links within the site, ${external.size} addresses elsewhere; ${outside.length} Markdown files outside of it`,
);
console.log(`${problems.length === 0 ? 1 : 0} passed, ${problems.length === 0 ? 0 : 1} failed`);
process.exit(problems.length === 0 ? 0 : 1);

function linksOf(markdown) {
  return parser
    .parse(markdown, {})
    .flatMap((token) => token.children ?? [])
    .flatMap((token) => [token.attrGet('href'), token.attrGet('src')])
    .filter(Boolean);
}
