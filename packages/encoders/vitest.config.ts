import { packageTests } from '../../tools/vitest.js';

export default packageTests({
  // Threads and child processes need JavaScript files: the package is built for them once, apart from dist.
  globalSetup: ['./vitest.build.ts'],
});
