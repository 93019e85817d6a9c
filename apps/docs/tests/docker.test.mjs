import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { extractBlocks } from './code-blocks/extract.mjs';

const root = new URL('../../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const { blocks } = extractBlocks(read('apps/docs/guides/docker.md'));

test('the guide shows the Dockerfile of the example', () => {
  const shown = blocks.find(({ code }) => code.startsWith('FROM '));
  assert.equal(shown?.code, read('examples/docker/Dockerfile'));
});

test('the guide shows the settings of the example', () => {
  const shown = blocks.find(({ file }) => file === 'routeprofile.serve.yaml');
  assert.equal(shown?.code, read('examples/docker/routeprofile.serve.yaml'));
});
