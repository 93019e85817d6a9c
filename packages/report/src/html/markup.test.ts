import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html as markup, trusted } from './markup.js';
// Under another name the formatter leaves the templates as they are.

describe('html', () => {
  it('escapes values and leaves markup alone', () => {
    const items = ['<b>', `"'&`].map((item) => markup`<li title="${item}">${item}</li>`);
    expect(markup`<ul>${items}${null}${3}</ul>`.text).toBe(
      '<ul><li title="&lt;b&gt;">&lt;b&gt;</li><li title="&quot;&#39;&amp;">&quot;&#39;&amp;</li>3</ul>',
    );
    expect(markup`${trusted('<i>')}`.text).toBe('<i>');
  });

  it('gives any text back when parsed, as text and as attribute', () => {
    const printable = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\0]/.test(text));
    fc.assert(
      fc.property(printable, (text) => {
        const { document } = parseHTML(
          `<!doctype html><html><body><p title="${escapeHtml(text)}">x${escapeHtml(text)}</p></body></html>`,
        );
        const p = document.querySelector('p');
        expect(p?.textContent).toBe(`x${text}`);
        expect(p?.getAttribute('title')).toBe(text);
        expect(document.querySelectorAll('body *').length).toBe(1);
      }),
    );
  });
});
