import { packageBuild } from '../../tools/tsup.js';

export default packageBuild(
  {
    index: 'src/index.ts',
    'cell-worker': 'src/cells/cell-worker.ts',
    'encoder-worker': 'src/plugins/encoder-worker.ts',
    'metric-worker': 'src/plugins/metric-worker.ts',
    'rehearsal-worker': 'src/plugins/rehearsal-worker.ts',
  },
  // The worker threads and the manifest are found from `import.meta.url`, which the CommonJS build is given.
  { shims: true },
);
