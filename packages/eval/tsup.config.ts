import { packageBuild } from '../../tools/tsup.js';

export default packageBuild({
  index: 'src/index.ts',
  format: 'src/format.ts',
  testing: 'src/testing/index.ts',
});
