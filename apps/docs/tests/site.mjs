import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';

/** The folder of the built site: the first argument of the command line, else where VitePress puts it. */
export function builtSite(argument = process.argv[2]) {
  const folder = argument ?? fileURLToPath(new URL('../.vitepress/dist', import.meta.url));
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`${folder} holds no built site: npm run docs:build -w docs`);
  return folder;
}

/** Every file of a folder, as paths with slashes, in order. */
export const filesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.split(sep).join('/'))
    .sort();

/** The pages of a site by their file. */
export const pagesIn = (folder) =>
  new Map(
    filesIn(folder)
      .filter((path) => path.endsWith('.html'))
      .map((path) => [path, parseHTML(readFileSync(join(folder, path), 'utf8')).document]),
  );

/**
 * The file that a server sends for a path of the site, as GitHub Pages and the like do it: itself, with `.html`, or an index.
 * @returns {string | undefined}
 */
export function fileOf(folder, path) {
  const name = decodeURIComponent(path).replace(/^\//, '');
  const candidates =
    name === '' || name.endsWith('/') ? [`${name}index.html`] : [name, `${name}.html`, `${name}/index.html`];
  return candidates.find((candidate) => {
    const full = join(folder, candidate);
    return !relative(folder, full).startsWith('..') && existsSync(full) && statSync(full).isFile();
  });
}
