import { fileOf } from '../site.mjs';

const ORIGIN = 'https://site.invalid';
const ADDRESSES = [
  ['[href]', 'href'],
  ['[src]', 'src'],
  ['[poster]', 'poster'],
];

/** The address under which a file is a page. */
const addressOf = (file) => `/${file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`;

/**
 * What is wrong with the links of a built site, and the addresses outside of it, each with a page that names it.
 * @param {string} folder
 * @param {Map<string, Document>} pages by file
 */
export function checkLinks(folder, pages) {
  const problems = [];
  const external = new Map();
  let internal = 0;
  const anchors = new Map([...pages].map(([file, document]) => [file, anchorsOf(document)]));
  for (const [file, document] of pages)
    for (const link of addressesOf(document)) {
      const problem = (message) => problems.push(`${file}: ${link}: ${message}`);
      const url = parse(link, ORIGIN + addressOf(file));
      if (!url || /\s/.test(link.trim())) problem('is not an address');
      else if (url.origin === ORIGIN) {
        internal++;
        const target = fileOf(folder, url.pathname);
        if (!target) problem('leads to no file of the site');
        else if (url.hash.length > 1 && !anchors.get(target)?.has(decodeURIComponent(url.hash.slice(1))))
          problem(`${target} has no element with this id`);
      } else if (url.protocol === 'https:') external.set(url.href, file);
      else if (!['data:', 'mailto:', 'blob:'].includes(url.protocol)) problem(`uses ${url.protocol}`);
    }
  return { problems, external, internal };
}

const addressesOf = (document) =>
  ADDRESSES.flatMap(([selector, name]) =>
    [...document.querySelectorAll(selector)].map((element) => element.getAttribute(name)),
  );

const anchorsOf = (document) =>
  new Set([
    ...[...document.querySelectorAll('[id]')].map(({ id }) => id),
    ...[...document.querySelectorAll('a[name]')].map((element) => element.getAttribute('name')),
  ]);

function parse(link, base) {
  try {
    return new URL(link, base);
  } catch {
    return null;
  }
}
