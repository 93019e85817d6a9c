import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('the main entry', () => {
  it('imports nothing that a browser does not have', () => {
    const build = new URL('../.vitest/build/', import.meta.url);
    const outside = new Set<string>();
    const seen = new Set<string>();
    const visit = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const code = readFileSync(new URL(file, build), 'utf8');
      for (const [, specifier = ''] of code.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g))
        if (specifier.startsWith('./')) visit(specifier);
        else outside.add(specifier);
    };
    visit('./index.js');
    expect([...outside].sort()).toEqual([
      '@routeprofile/encoder-static',
      '@routeprofile/providers',
      '@routeprofile/schema',
      '@routeprofile/tensor',
    ]);
  });
});
