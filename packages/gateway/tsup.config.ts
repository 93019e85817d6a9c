import { scriptTextInBuilds } from '../../tools/script-text.js';
import { packageBuild } from '../../tools/tsup.js';

export default packageBuild(
  {
    index: 'src/index.ts',
    core: 'src/core.ts',
    node: 'src/node.ts',
    postgres: 'src/postgres.ts',
    testing: 'src/testing/index.ts',
  },
  { esbuildPlugins: [scriptTextInBuilds] },
);
