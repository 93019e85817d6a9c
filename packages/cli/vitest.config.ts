import { packageTests } from '../../tools/vitest.js';

// Its tests mostly wait for processes of their own, and they are the last to run: both cores of a small machine are theirs.
export default packageTests({ maxWorkers: 2 });
