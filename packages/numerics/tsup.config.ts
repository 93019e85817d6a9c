import { packageBuild } from '../../tools/tsup.js';

// SHA-256 is 5 kB of a package of 1.2 MB, so it is built in; its licence stands in NOTICE.
export default packageBuild({ index: 'src/index.ts' }, { noExternal: ['@noble/hashes'] });
