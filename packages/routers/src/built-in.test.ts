import { parseOptions } from '@routeprofile/schema';
import { expect, it } from 'vitest';
import { builtInRouters } from './built-in.js';

it('lists routers of different names whose options all have defaults', () => {
  expect(builtInRouters.map(({ name }) => name)).toEqual(['sim', 'mlp', 'graph', 'knn', 'task-table']);
  for (const router of builtInRouters) expect(() => parseOptions(router, {})).not.toThrow();
});
