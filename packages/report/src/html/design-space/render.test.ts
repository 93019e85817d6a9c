import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { designSpaceSchema } from '@routeprofile/eval';
import { designSpaceFixture } from '@routeprofile/eval/testing';
import { renderDesignSpaceHtml } from './render.js';

const space = designSpaceFixture({ rows: 40 });
const page = renderDesignSpaceHtml(space);
const { document } = parseHTML(page);
const textOf = (element: { textContent: string | null } | null | undefined) =>
  element?.textContent?.trim().replace(/\s+/g, ' ') ?? '';

describe('renderDesignSpaceHtml', () => {
  it('escapes everything that comes from data', () => {
    const evil = `"><script>alert(1)</script></title></style></svg>]]><img src=x onerror=alert(3)>'`;
    const hostile = renderDesignSpaceHtml(designSpaceFixture({ rows: 20, prefix: evil }));
    const parsed = parseHTML(hostile).document;
    expect(hostile).not.toMatch(/<script|<img|\]\]>/i);
    expect(parsed.querySelectorAll('script, img, iframe, object, embed, link, a, form')).toHaveLength(0);
    for (const element of parsed.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^(on|src|href|xlink)/i);
    expect(textOf(parsed.querySelector('h1'))).toContain('<script>alert(1)</script>');
  });

  it('loads nothing from anywhere, and has no id twice', () => {
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:|<script/i);
    expect(page).toContain(`default-src 'none'`);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is the same after a trip through JSON', () => {
    expect(renderDesignSpaceHtml(designSpaceSchema.parse(JSON.parse(JSON.stringify(space))))).toBe(page);
  });

  it("opens with each scenario's verdict and what differs from the paper", () => {
    expect([...document.querySelectorAll('.verdict h2')].map(textOf)).toEqual(space.scenarios.map(({ name }) => name));
    const text = textOf(document.querySelector('main'));
    expect(text).toContain('3 of 80 cells are constants in disguise.');
    expect(text).toContain('16 of the 42 cells in its main table and 7 of the 45');
    expect(text).toContain('the paper used all 600 of routing_test_data.json');
    expect(text).toContain('7 test queries are also training queries');
  });

  it('shows the two tables, every cell beside the published one', () => {
    const table = document.querySelector('#scenario-1-main')!.parentElement!;
    const row = (name: string) =>
      [...table.querySelectorAll('tbody tr')].find((tr) => textOf(tr.querySelector('th')) === name)!;
    expect(table.querySelectorAll('tbody tr')).toHaveLength(15);
    const cells = [...row('Flat').querySelectorAll('td')].map(textOf);
    expect(cells).toHaveLength(6);
    expect(cells[0]).toMatch(/^0\.\d{3}[+−]?\d\.\d{3} \[.*\]$/);
    expect(cells.filter((_, i) => i % 2 === 1)).toEqual(['0.554', '0.613constant', '0.539']);
    expect([...row('Text-GNN 4 hops').querySelectorAll('td')].map(textOf)).toEqual([
      'not run',
      '0.580',
      'not run',
      '0.624',
      'not run',
      '0.610constant',
    ]);
    expect(textOf(row('Trainable GNN 3 hops').querySelector('.failed'))).toBe('failed');
    expect(row('Trainable GNN 4 hops').querySelectorAll('.ours .flag')).toHaveLength(3);
    expect(textOf(row('compat'))).toContain('0.560');
    const sources = document.querySelector('#scenario-1-sources')!.parentElement!;
    expect(sources.querySelectorAll('tbody tr:not(.divider)')).toHaveLength(16);
  });

  it('draws hops, graphs and cosines of each scenario, and breaks lines at gaps', () => {
    for (const name of ['hops', 'graphs', 'cosine'])
      expect(document.querySelectorAll(`figure[id$="-${name}"] svg`), name).toHaveLength(4);
    const dashed = document.querySelectorAll('#scenario-1-hops [stroke-dasharray] path');
    expect(dashed).toHaveLength(15);
    expect(page).not.toContain('NaN,');
    // Trainable GNN has 1, 2 and 4 hops: a line from 1 to 2, and 4 on its own.
    const solid = [...document.querySelectorAll('#scenario-1-cosine svg path')];
    const moves = solid.map((path) => path.getAttribute('d')?.match(/M/g)?.length);
    expect(moves).toContain(2);
  });

  it('draws nothing of what was not measured', () => {
    const [{ name, report }] = space.scenarios as [(typeof space.scenarios)[0]];
    const rows = report.rows.map(({ profileDiagnostics: _, ...row }) => row);
    const silent = parseHTML(renderDesignSpaceHtml({ name: 'x', scenarios: [{ name, report: { ...report, rows } }] }));
    expect(silent.document.querySelector('[id$="-cosine"]')).toBeNull();
    const empty = parseHTML(
      renderDesignSpaceHtml({ name: 'x', scenarios: [{ name, report: { ...report, rows: [] } }] }),
    );
    expect(empty.document.querySelectorAll('figure')).toHaveLength(0);
    expect(textOf(empty.document.querySelector('.verdict .says'))).toBe('No cell was evaluated.');
  });

  it('says so when the outcomes are simulated', () => {
    expect(page).not.toContain('Simulated outcomes');
    const [{ name, report }] = space.scenarios as [(typeof space.scenarios)[0]];
    const simulated = { name: 'x', scenarios: [{ name, report: { ...report, simulated: true } }] };
    expect(renderDesignSpaceHtml(simulated)).toContain('Simulated outcomes');
  });
});
