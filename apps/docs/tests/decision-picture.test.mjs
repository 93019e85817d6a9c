import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { drawDecision, THEME_NAMES } from '../tools/decision-picture/draw.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const record = JSON.parse(read('../tools/decision-picture/record.json'));

test('the pictures of a decision are those of its record', () => {
  for (const theme of THEME_NAMES)
    assert.equal(
      read(`../public/decision-${theme}.svg`),
      drawDecision(record, theme),
      'draw them again: node apps/docs/tools/decision-picture.mjs',
    );
});

test('what a picture says is text, whatever it is', () => {
  const hostile = { ...record, text: '<script>alert(1)</script> & "more"' };
  const drawn = drawDecision(hostile, 'light');
  assert.ok(!drawn.includes('<script'));
  assert.ok(drawn.includes('&#60;script&#62;'));
});
