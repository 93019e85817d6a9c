import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Folders of apps/docs whose pages are generated. */
const GENERATED = ['api', 'reference', 'node_modules', '.vitepress'];
const ROOT_PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'];

/** The pages that people write: the site's, the READMEs and the records of decisions, as paths from the repository's root. */
export function writtenPages(root) {
  const site = join(root, 'apps', 'docs');
  const paths = [
    ...ROOT_PAGES.map((name) => join(root, name)).filter(existsSync),
    ...['packages', 'examples'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .map((name) => join(root, folder, name, 'README.md'))
        .filter(existsSync),
    ),
    ...markdownIn(join(root, 'docs')),
    ...markdownIn(site).filter((path) => !GENERATED.includes(relative(site, path).split(sep)[0])),
  ];
  return paths.map((path) => relative(root, path).split(sep).join('/'));
}

const markdownIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : markdownIn(join(folder, entry.name));
    return entry.name.endsWith('.md') ? [join(folder, entry.name)] : [];
  });
