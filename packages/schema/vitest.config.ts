import { packageTests } from '../../tools/vitest.js';

export default packageTests({ isolate: false });
