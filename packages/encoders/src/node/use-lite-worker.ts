/** Worker entry: loads the model once, then answers one batch after another. */
import { parentPort } from 'node:worker_threads';
import { loadUseLiteModel } from '../use-lite/model.js';
import type { BatchRunner } from '../use-lite/run-batches.js';
import { useLiteFiles } from './use-lite-files.js';
import type { WorkerReply, WorkerTask } from './worker-pool.js';

const port = parentPort;
if (port) {
  let model: Promise<BatchRunner> | undefined;

  const answer = async ({ id, tokens, lengths }: WorkerTask): Promise<WorkerReply> => {
    try {
      const run = await (model ??= loadUseLiteModel(useLiteFiles()));
      let end = 0;
      const windows = lengths.map((length) => tokens.subarray(end, (end += length)));
      return { id, vectors: await run(windows) };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
  port.on('message', (task: WorkerTask) => {
    void answer(task).then((reply) => {
      port.postMessage(reply, 'vectors' in reply ? [reply.vectors.buffer as ArrayBuffer] : []);
    });
  });
}
