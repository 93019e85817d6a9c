import type { EncoderName, RouterName } from './router-names';
import type { Routing } from './routing';

/** What the page asks of the worker. */
export type Request =
  | { kind: 'route'; id: number; query: string; encoder: EncoderName; router: RouterName }
  | { kind: 'load-use-lite' }
  | { kind: 'cancel-use-lite' };

/** How long things took, in seconds; fitting is done once per router and encoder. */
export interface Timing {
  /** Encoding all training queries and building the profile. */
  prepare: number;
  fit: number;
  encode: number;
  decide: number;
}

export interface Failure {
  message: string;
  /** What to do about it. */
  hint?: string | undefined;
}

/** What the worker answers. */
export type Answer =
  | { kind: 'busy'; id: number; doing: string }
  | { kind: 'routed'; id: number; routing: Routing; timing: Timing }
  | { kind: 'failed'; id: number; failure: Failure }
  /** `share`: 0 to 1 of the work named. */
  | { kind: 'use-lite-progress'; doing: 'download' | 'encode'; share: number; bytes: number }
  | { kind: 'use-lite-ready'; seconds: { download: number; prepare: number } }
  | { kind: 'use-lite-cancelled' }
  | { kind: 'use-lite-failed'; failure: Failure };
