/** What `npm run parity` runs: not part of the published package. */
export { graphParity } from './parity/graph.js';
export { mlpParity } from './parity/mlp.js';
