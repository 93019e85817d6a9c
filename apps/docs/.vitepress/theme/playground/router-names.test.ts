import { builtInRouters } from '@routeprofile/routers';
import { expect, it } from 'vitest';
import { NOT_OFFERED, ROUTERS } from './router-names';

it('every built-in router is offered, or there is a reason why not', () => {
  const known = [...ROUTERS, ...Object.keys(NOT_OFFERED)].sort();
  expect(known).toEqual(builtInRouters.map(({ name }) => name).sort());
});
