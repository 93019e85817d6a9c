import { packageBuild } from '../../tools/tsup.js';

// `parity` is for `npm run parity` alone: package.json keeps it out of the tarball.
export default packageBuild({ index: 'src/index.ts', node: 'src/node.ts', parity: 'src/parity.ts' });
