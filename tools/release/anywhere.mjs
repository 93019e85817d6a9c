// A saved router decides alike in Node and without it, with the packages installed from their tarballs.
import { join } from 'node:path';
import { assertSame, bundle, decideInNode, decideOnEdge, decisionsOf, untrained } from '../saved-router/everywhere.mjs';

/** Networks in plain JavaScript sum in another order than the kernels, in float32. */
const PLAIN_NETWORKS = 1e-4;

/** @param project a folder with `@routeprofile/pipeline` installed @returns {Promise<string>} what was tried, with the sizes of the bundles */
export async function savedRouterAnywhere(project, env) {
  const { programs, cases, decisions } = await decideInNode({ project, work: join(project, 'saved-router'), env });
  const some = untrained(cases);
  const [web, all] = [await bundle(programs, 'web'), await bundle(programs, 'web-all')];
  assertSame(
    'Where WebAssembly may not be compiled',
    await decideOnEdge(web, some, { wasm: false }),
    decisionsOf(some, decisions),
  );
  assertSame('On the edge', await decideOnEdge(all, cases, { wasm: true }), decisions);
  assertSame(
    'With a trained router, where WebAssembly may not be compiled',
    await decideOnEdge(all, cases, { wasm: false }),
    decisions,
    PLAIN_NETWORKS,
  );
  const kilobytes = (text) => `${(text.length / 1000).toFixed(0)} kB`;
  return `${Object.keys(cases.routers).length} routers; bundles of ${kilobytes(web)} and ${kilobytes(all)}`;
}
