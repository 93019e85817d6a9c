import { createRandom } from '@routeprofile/schema';

/** An answer that is none. */
export interface StandInFault {
  status: number;
  /** Seconds. */
  retryAfter?: number;
  message: string;
}

/** Of its requests, a flaky model refuses as many. */
const REFUSED = 0.2;

const KINDS: readonly StandInFault[] = [
  { status: 503, message: 'The stand-in is overloaded, now and then, so that the fallback is seen.' },
  { status: 429, retryAfter: 8, message: 'The stand-in takes no more requests for now, so that a cooldown is seen.' },
];

/** What goes wrong with each request in turn: the same under a seed. @param model the one that fails; all others answer */
export function seededFaults(seed: number, model: string): (asked: string) => StandInFault | undefined {
  const random = createRandom(seed, 'demo', 'faults');
  return (asked) => {
    if (asked !== model || random.float() >= REFUSED) return undefined;
    return KINDS[random.int(KINDS.length)];
  };
}
