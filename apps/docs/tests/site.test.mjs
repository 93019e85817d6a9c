import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkLinks } from './links/check.mjs';
import { fileOf, pagesIn } from './site.mjs';
import { firstLoad } from './size/first-load.mjs';

/** Runs a check on a small site of these files. */
function withSite(files, check) {
  const folder = mkdtempSync(join(tmpdir(), 'routeprofile-site-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return check(folder, pagesIn(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const html = (body, head = '') => `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;

test('paths lead to files as a static server has it', () => {
  withSite({ 'index.html': html(''), 'a.html': html(''), 'b/index.html': html('') }, (folder) => {
    assert.deepEqual(
      ['/', '/a', '/a.html', '/b/', '/b', '/c', '/../x'].map((path) => fileOf(folder, path)),
      ['index.html', 'a.html', 'a.html', 'b/index.html', 'b/index.html', undefined, undefined],
    );
  });
});

test('links that lead nowhere are found, others are not', () => {
  const files = {
    'index.html': html(
      '<a href="/b/c#here">1</a><a href="./b/c.html">2</a><a href="#top">3</a><p id="top">',
      '<link rel="icon" href="/icon.svg">',
    ),
    'b/c.html': html(
      '<h2 id="here"></h2><a href="../">up</a><a href="https://example.org/x">out</a><a href="mailto:a@b.c">m</a>',
    ),
    'icon.svg': '<svg/>',
  };
  withSite(files, (folder, pages) => {
    const { problems, external, internal } = checkLinks(folder, pages);
    assert.deepEqual(problems, []);
    assert.deepEqual([...external.keys()], ['https://example.org/x']);
    assert.equal(internal, 5);
  });
  const broken = html(
    '<a href="/nowhere">1</a><a href="/b/c#there">2</a><img src="no.png"><a href="http://example.org">3</a><a href="https://exa mple">4</a>',
  );
  withSite({ ...files, 'index.html': broken }, (folder, pages) => {
    assert.equal(checkLinks(folder, pages).problems.length, 5);
  });
});

test('a first visit loads what the page names, and what that imports statically', () => {
  const files = {
    'b/page.html': html(
      '<script type="module" src="/app.js"></script>',
      '<link rel="preload stylesheet" href="/style.css"><link rel="modulepreload" href="/page.js"><link rel="preload" as="font" href="/f.woff2"><link rel="icon" href="/icon.svg">',
    ),
    'app.js': 'import{a}from"./chunks/a.js";const later=()=>import("./chunks/later.js");later(a);',
    'chunks/a.js': 'import"./b.js";export const a=1;',
    'chunks/b.js': 'import"./a.js";',
    'chunks/later.js': 'export{}',
    'page.js': 'export{}',
  };
  withSite(files, (_folder, pages) => {
    assert.deepEqual(
      firstLoad('b/page.html', pages.get('b/page.html'), (file) => files[file]),
      {
        scripts: ['app.js', 'chunks/a.js', 'chunks/b.js', 'page.js'],
        styles: ['style.css'],
        fonts: ['f.woff2'],
      },
    );
  });
});
