import { packageBuild } from '../../tools/tsup.js';
import { ENTRIES } from './tsup.entries.js';

// `shims` gives the CommonJS build an `import.meta.url`: the worker and the weights are found from it.
export default packageBuild(ENTRIES, { shims: true });
