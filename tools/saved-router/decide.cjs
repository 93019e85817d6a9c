// node decide.cjs FOLDER: as decide.mjs, by `openRouter` as CommonJS requires it.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { openRouter } = require('@routeprofile/pipeline');

async function main(folder) {
  const { queries, routers } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));
  const decisions = {};
  for (const name of Object.keys(routers)) {
    const router = await openRouter(join(folder, 'run', 'routers', name), { cache: join(folder, 'cache') });
    decisions[name] = await router.route(queries);
    await router.dispose();
  }
  console.log(JSON.stringify(decisions));
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
