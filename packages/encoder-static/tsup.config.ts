import { packageBuild } from '../../tools/tsup.js';

// `shims` gives the CommonJS build an `import.meta.url`: the vectors are found from it.
export default packageBuild({ index: 'src/index.ts', node: 'src/node.ts', fit: 'src/fit.ts' }, { shims: true });
