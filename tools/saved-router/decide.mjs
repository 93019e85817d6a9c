// node decide.mjs FOLDER: prints the decisions of each saved router as JSON, by `openRouter` as an ES module imports it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRouter } from '@routeprofile/pipeline';

const folder = process.argv[2];
const { queries, routers } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));
const decisions = {};
for (const name of Object.keys(routers)) {
  const router = await openRouter(join(folder, 'run', 'routers', name), { cache: join(folder, 'cache') });
  decisions[name] = await router.route(queries);
  await router.dispose();
}
console.log(JSON.stringify(decisions));
