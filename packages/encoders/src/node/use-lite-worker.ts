/** Worker entry: loads the model once, then answers one batch after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { createRuntime } from '@routeprofile/tensor';
import { loadUseLiteModel, type UseLiteModel } from '../use-lite/model.js';
import { useLiteFiles } from './use-lite-files.js';
import type { WorkerReply, WorkerSetup, WorkerTask } from './worker-pool.js';

const port = parentPort;
if (port) {
  const { backend } = workerData as WorkerSetup;
  let model: Promise<UseLiteModel> | undefined;
  const load = async () => loadUseLiteModel(useLiteFiles(), await createRuntime({ backend }));

  const answer = async ({ id, tokens, windowLength }: WorkerTask): Promise<WorkerReply> => {
    try {
      const { run } = await (model ??= load());
      const windows = Array.from({ length: tokens.length / windowLength }, (_, i) =>
        tokens.subarray(i * windowLength, (i + 1) * windowLength),
      );
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
