import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import { classifyThrown } from '../classify.js';
import { joinBytes } from '../sse/scanner.js';
import type { Complaint } from '../wire/format.js';
import type { Call, LiveStream } from './call.js';
import type { Held, Passed, StreamFault, StreamPasser } from './commit.js';
import { masked } from './mask.js';
import type { NextPiece } from './read-whole.js';
import type { Running } from './running.js';

/** Milliseconds that a stream may take to end after its last event, so that its connection can be used again. */
const CLOSING_MS = 1_000;

/** What a client is told when a stream fails after content; there is no second attempt then. */
function complaintOf({ fault, message }: StreamFault, call: Call): Complaint {
  switch (fault) {
    case 'idle':
      return {
        status: 504,
        code: 'upstream_idle',
        message: 'The model server stopped sending. The answer is not whole.',
      };
    case 'cut':
      return { status: 502, code: 'upstream_cut', message: 'The model server broke off. The answer is not whole.' };
    case 'malformed':
      return {
        status: 502,
        code: 'upstream_malformed',
        message: 'The model server sent what cannot be read. The answer is not whole.',
      };
    default:
      return {
        status: fault === 'rate-limited' ? 429 : fault === 'overloaded' ? 503 : 502,
        code: 'upstream_error',
        message: `The model server failed. The answer is not whole. It says: ${masked(message ?? fault, call).slice(0, 500)}`,
      };
  }
}

/** Passes a stream on whose first content has come. */
export function relay(
  running: Running,
  passer: StreamPasser,
  next: NextPiece,
  held: Extract<Held, { bytes: unknown }>,
): LiveStream {
  const { call, stopper, watch } = running;
  const { idleMs } = call.endpoint.timeouts;
  let end: (attempt: Attempt) => void;
  const ended = new Promise<Attempt>((resolve) => (end = resolve));
  let over = false;

  const conclude = (fault?: Fault) => {
    if (over) return;
    over = true;
    end(running.conclude(passer.reader.state, fault));
    if (fault === undefined) void drain();
    else stopper.stop(fault);
  };
  const drain = async () => {
    watch.set(CLOSING_MS, 'idle');
    try {
      while (!(await stopper.race(next())).done);
    } catch {
      // The answer is whole; how its connection ends is of no concern.
    }
    watch.end();
  };
  const errorEvent = (fault: StreamFault) => new TextEncoder().encode(call.format.errorEvent(complaintOf(fault, call)));
  const passOn = ({ bytes, ended: whole, fault }: Passed): Uint8Array => {
    if (fault) bytes.push(errorEvent(fault));
    if (fault || whole) conclude(fault?.fault);
    return joinBytes(bytes);
  };

  // A client may leave while nobody reads.
  if (stopper.fault !== undefined) conclude(stopper.fault);
  else stopper.onEnd(() => conclude(stopper.fault));

  let first: Uint8Array | undefined = joinBytes(held.bytes);
  if (held.kind === 'ended') conclude();
  else watch.pause();

  return {
    ended,
    leave: () => stopper.stop('client-gone'),
    async read() {
      if (first !== undefined) {
        const begin = first;
        first = undefined;
        return begin;
      }
      while (!over) {
        let passed: Passed;
        try {
          // The clock stands still while the client takes its time.
          watch.set(idleMs, 'idle');
          const piece = await stopper.race(next());
          watch.pause();
          passed = piece.done ? passer.close() : passer.pass(piece.value);
        } catch (error) {
          const fault = stopper.fault ?? classifyThrown(error, true);
          conclude(fault);
          return fault === 'client-gone' ? undefined : errorEvent({ fault });
        }
        const bytes = passOn(passed);
        if (bytes.length > 0) return bytes;
      }
      return undefined;
    },
  };
}
