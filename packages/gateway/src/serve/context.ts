import type { Logger } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { Snapshot } from '../config/snapshot.js';
import type { Upstream } from '../contracts/upstream.js';
import type { StateStore } from '../contracts/store.js';
import type { ReadQueries } from '../decide/read-queries.js';
import type { SessionPins } from '../decide/session-pins.js';
import type { Recording } from '../feedback/recording.js';
import type { Health } from '../health.js';
import type { Learning } from '../learn/learning.js';
import type { EndpointLoad } from '../load/endpoint-load.js';
import type { Pacers } from '../money/pacers.js';
import type { Drift } from '../observe/drift/drift.js';
import type { Metrics } from '../observe/metrics.js';
import type { Tracing } from '../observe/tracing.js';
import type { Verifying } from '../verify/verifying.js';
import type { SessionMonitor } from '../session/monitors.js';
import type { Keyring } from './keyring.js';
import type { StoreWatch } from './store-watch.js';

/** What every request is served with. */
export interface Serving {
  snapshot: Snapshot;
  keyring: Keyring;
  health: Health;
  load: EndpointLoad;
  pins: SessionPins;
  pacers: Pacers;
  /** By name. */
  monitors: ReadonlyMap<string, SessionMonitor>;
  store: StateStore;
  storeWatch: StoreWatch;
  upstream: Upstream;
  clock: Clock;
  logger: Logger | undefined;
  metrics: Metrics;
  drift: Drift;
  tracing: Tracing | undefined;
  newId(): string;
  /** What goes on behind an answer, so that closing can wait for it. */
  track(work: Promise<unknown>): void;
  recording: Recording;
  /** Absent where nobody checks answers. */
  verifying?: Verifying;
  learning: Learning;
  queries: ReadQueries;
}

/** Who sends requests where no keys are configured. */
export const LOCAL_TENANT = 'local';
