import type { BackendName } from '@routeprofile/tensor';

/** What a worker is started with. */
export interface WorkerSetup {
  backend: BackendName;
}

/** Windows of one batch, of equal length, one after another. */
export interface WorkerTask {
  id: number;
  tokens: Int32Array;
  windowLength: number;
}

export type WorkerReply = { id: number; vectors: Float32Array } | { id: number; error: string };
