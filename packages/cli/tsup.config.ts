import { packageBuild } from '../../tools/tsup.js';

export default packageBuild(
  {
    index: 'src/index.ts',
    'cell-worker': 'src/cell-worker.ts',
    'command-worker': 'src/command-worker.ts',
    'encoder-worker': 'src/encoder-worker.ts',
    'metric-worker': 'src/metric-worker.ts',
    'rehearsal-worker': 'src/rehearsal-worker.ts',
  },
  { shims: true },
);
