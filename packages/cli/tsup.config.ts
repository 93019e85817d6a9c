import { packageBuild } from '../../tools/tsup.js';

export default packageBuild({ index: 'src/index.ts', 'command-worker': 'src/command-worker.ts' }, { shims: true });
