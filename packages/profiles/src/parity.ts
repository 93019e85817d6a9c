/** What `npm run parity` runs: not part of the published package. */
export { embGnnParity } from './parity/emb-gnn.js';
export { hanParity } from './parity/han.js';
