import { messageOf } from '@routeprofile/schema';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { EncoderReply, EncoderRequest, EncoderTask } from './plugin-encoder.js';
import { resolveEncoderPlugin } from './plugins.js';

/** The thread of an encoder plugin: makes the encoder once, then encodes what it is sent. */
async function serve(port: MessagePort, { name, from, argument }: EncoderTask): Promise<void> {
  const reply = (message: EncoderReply) => port.postMessage(message);
  const fail = (error: unknown) => reply({ error: messageOf(error) });
  try {
    const plugin = await resolveEncoderPlugin(name, from);
    const encoder = await plugin.create(argument);
    // Whatever comes back may not be what was promised; whoever asked checks it.
    const answer = async ({ wanted, texts, seed }: EncoderRequest): Promise<EncoderReply> => {
      const ctx = { seed, onProgress: () => reply({ alive: true }) };
      if (wanted === 'unseen') return { unseen: await encoder.unseen!(texts, ctx) };
      return { vectors: await encoder.encode(texts, ctx), dimensions: encoder.dimensions };
    };
    port.on('message', (request: EncoderRequest) => {
      answer(request).then(reply).catch(fail);
    });
    reply({ id: encoder.id, dimensions: encoder.dimensions, tellsUnseen: encoder.unseen !== undefined });
  } catch (error) {
    fail(error);
  }
}

const port = parentPort;
// The data come from our own main thread.
if (port !== null) void serve(port, workerData as EncoderTask);
