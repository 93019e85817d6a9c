import { describeCellQueue } from '../testing/cell-queue-contract.js';
import { localWorkers } from './workers.js';

describeCellQueue('threads of this process', () =>
  Promise.resolve({ queue: localWorkers(2), close: () => Promise.resolve() }),
);
