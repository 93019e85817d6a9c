import { packageBuild } from '../../tools/tsup.js';

export default packageBuild({ index: 'src/index.ts', 'cell-worker': 'src/cell-worker.ts' }, { shims: true });
