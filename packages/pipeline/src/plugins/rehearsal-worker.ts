import { messageOf } from '@routeprofile/schema';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { loadModule } from './plugins.js';
import type { RehearsalReply, RehearsalTask } from './rehearsal.js';

/** The thread in which a plugin is loaded for the first time. */
async function rehearse(port: MessagePort, { name, from }: RehearsalTask): Promise<void> {
  const reply = (message: RehearsalReply) => port.postMessage(message);
  try {
    await loadModule(name, from);
    reply({ loaded: true });
  } catch (error) {
    reply({ error: messageOf(error) });
  }
}

const port = parentPort;
// The data come from our own main thread.
if (port !== null) void rehearse(port, workerData as RehearsalTask);
