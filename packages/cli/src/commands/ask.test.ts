import { describe, expect, it } from 'vitest';
import { askCommand } from './ask.js';

describe('the command that asks a router', () => {
  const folder = 'out/routers/flat.knn.seed42';

  it('is short where everything is built in', () => {
    for (const encoder of ['use-lite', 'hash:dimensions=64', 'hash@1', null])
      expect(askCommand({ folder, encoder })).toBe(`npx @routeprofile/cli route --router ${folder} "your question"`);
  });

  it('names what a file may not name: the plugin and the encoder', () => {
    expect(askCommand({ folder, encoder: 'openai:small', plugin: '@me/my-router' })).toContain(
      `--router ${folder} --plugin @me/my-router --encoder openai:small "your`,
    );
    expect(askCommand({ folder, encoder: 'hash-like' })).toContain('--encoder hash-like');
  });

  it('can be pasted, whatever folders are called', () => {
    expect(askCommand({ folder: 'my run/$x', encoder: 'hash' })).toContain('--router "my run/\\$x" "your');
  });
});
