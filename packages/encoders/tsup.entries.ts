/** What the package consists of as files; the worker is found beside the others at run time. */
export const ENTRIES = {
  index: 'src/index.ts',
  node: 'src/node.ts',
  'use-lite-worker': 'src/node/use-lite-worker.ts',
};
