import { isMainThread } from 'node:worker_threads';
import { RouteProfileError } from '@routeprofile/schema';
import type { TrustedName } from './trust.js';
import { openThread, ThreadLost } from './thread.js';

/** Which module the rehearsal thread loads. */
export interface RehearsalTask {
  name: TrustedName;
  from: string;
}

/** It was loaded, or what it threw. */
export type RehearsalReply = { loaded: true } | { error: string };

/** Loading a module takes milliseconds; one that takes longer than this is waiting for something that does not come. */
const LOADING_SECONDS = 30;

/**
 * Loads a plugin in a thread of its own before this thread does. A thread that is itself watched does not rehearse.
 * @throws RouteProfileError PLUGIN_FAILED when it hangs or ends the thread; Error with the plugin's own message when it throws
 */
export async function rehearse(name: TrustedName, from: string, seconds = LOADING_SECONDS): Promise<void> {
  if (!isMainThread) return;
  const task: RehearsalTask = { name, from };
  const thread = openThread<RehearsalReply>('rehearsal-worker', task);
  try {
    const reply = await thread.ask(undefined, (message) => message, { silence: seconds });
    if ('error' in reply) throw new Error(reply.error);
  } catch (cause) {
    if (!(cause instanceof ThreadLost)) throw cause;
    throw new RouteProfileError('PLUGIN_FAILED', `plugin ${name} could not be loaded: it ${cause.message}`, {
      hint: 'A plugin must do nothing when it is imported; move the work into fit or build.',
      cause,
    });
  } finally {
    await thread.end();
  }
}
