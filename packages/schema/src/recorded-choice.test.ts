import { expect, it } from 'vitest';
import { chooserOf, type Chooser } from './recorded-choice.js';

it.each<[Chooser, string[]]>([
  ['router', []],
  ['router', ['knn']],
  ['router', ['personal-data', 'constraints']],
  ['router', ['personal-data']],
  ['router', ['session', 'explore', 'knn']],
  ['conversation', ['session']],
  ['conversation', ['personal-data', 'session']],
  ['conversation', ['session', 'session']],
  ['stand-in', ['late']],
  ['stand-in', ['personal-data', 'busy']],
  ['stand-in', ['session', 'failed']],
])('%s chose, by %j', (chooser, kinds) => {
  expect(chooserOf(kinds.map((kind) => ({ kind })))).toBe(chooser);
});
