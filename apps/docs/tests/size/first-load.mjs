import { posix } from 'node:path';
import { init, parse } from 'es-module-lexer';

await init;

/**
 * The files that a page loads of itself: scripts it names or preloads with all that they import statically, style
 * sheets, preloaded fonts.
 * @param {string} page its file
 * @param {Document} document
 * @param {(file: string) => string} read a file of the site
 */
export function firstLoad(page, document, read) {
  const fileAt = (address) =>
    posix.join(address.startsWith('/') ? '' : posix.dirname(page), address.split(/[?#]/)[0]).replace(/^\//, '');
  const files = (selector, name) => [
    ...new Set(
      [...document.querySelectorAll(selector)]
        .map((element) => element.getAttribute(name))
        .filter(isOwn)
        .map(fileAt),
    ),
  ];
  const scripts = new Set();
  const visit = (script) => {
    if (scripts.has(script)) return;
    scripts.add(script);
    const [imports] = parse(read(script));
    // `d` is -1 for static imports; others are loaded when they are called.
    for (const { n, d } of imports)
      if (d === -1 && n) visit(posix.join(n.startsWith('/') ? '' : posix.dirname(script), n).replace(/^\//, ''));
  };
  [...files('script[src]', 'src'), ...files('link[rel~="modulepreload"]', 'href')].forEach(visit);
  return {
    scripts: [...scripts],
    styles: files('link[rel~="stylesheet"]', 'href'),
    fonts: files('link[as="font"]', 'href'),
  };
}

const isOwn = (address) => address !== null && !/^[a-z]+:|^\/\//i.test(address);
