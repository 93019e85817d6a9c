import type { Clock } from './clock.js';
import { FAULTS, type Fault } from './contracts/fault.js';

/** When endpoints are left alone, and for how long. */
export interface HealthSettings {
  /** Faults in a row before an endpoint cools down. Default 3. */
  inARow?: number;
  /** Milliseconds of the first cooldown; each further one is twice as long. Default 5,000. */
  firstMs?: number;
  /** No cooldown is longer, whatever a server asks for. Default 60,000. */
  longestMs?: number;
  /** Hears of each cooldown as it begins. Default: nobody does. */
  onCooldown?: (endpoint: string, fault: Fault, ms: number) => void;
}

/** How an endpoint fares. */
export interface EndpointHealth {
  /** `up`; `cooling` until `waitMs` have passed; `trial`: after that, one request alone tries it out; `out` until the configuration is loaded again. */
  state: 'up' | 'cooling' | 'trial' | 'out';
  /** The last fault since the last answer; absent where there was none. */
  fault?: Fault;
  /** Faults since the last answer. */
  faults: number;
  /** Milliseconds until a cooling endpoint may be tried. */
  waitMs?: number;
}

/** What is known of endpoints from the requests that they were sent: nobody is called to find out. */
export interface Health {
  /** Whether an endpoint may be tried now. */
  usable(endpoint: string): boolean;
  /**
   * Takes a turn. After a cooldown one request alone tries whether the endpoint is back; every turn ends with a call of `succeeded`,
   * `failed` or `released`.
   * @returns false when it may not be tried
   */
  enter(endpoint: string): boolean;
  succeeded(endpoint: string): void;
  /** @param retryAfterMs what the server asks for */
  failed(endpoint: string, fault: Fault, retryAfterMs?: number): void;
  /** Nothing was learned, as when the client left. */
  released(endpoint: string): void;
  /** Another gateway lets an endpoint rest; it does so here too. @param ms milliseconds; `longestMs` bounds them */
  coolElsewhere(endpoint: string, fault: Fault, ms: number): void;
  /** The configuration was loaded again: what was out until then may be tried. */
  reloaded(): void;
  /** Milliseconds until the endpoint may be tried; 0 now, Infinity when not until the configuration is loaded again. */
  waitMs(endpoint: string): number;
  /** How an endpoint fares now, for people to look at. */
  look(endpoint: string): EndpointHealth;
}

interface State {
  /** Faults since the last success. */
  row: number;
  /** Faults of any kind since then, those of the requests left out. */
  faults: number;
  /** The last of them. */
  fault: Fault | undefined;
  /** Cooldowns since then. */
  cooldowns: number;
  /** Milliseconds since 1970. */
  until: number;
  /** After a cooldown: whether a request tries it out. */
  tried: boolean;
}

/** @param clock only `now` is used */
export function createHealth(clock: Pick<Clock, 'now'>, settings: HealthSettings = {}): Health {
  const { inARow = 3, firstMs = 5_000, longestMs = 60_000, onCooldown } = settings;
  const states = new Map<string, State>();
  /** Those that have answered since the configuration was loaded: key and address are right, whatever one request is told. */
  const proven = new Set<string>();

  const stateOf = (endpoint: string): State => {
    const known = states.get(endpoint);
    if (known) return known;
    const fresh: State = { row: 0, faults: 0, fault: undefined, cooldowns: 0, until: 0, tried: false };
    states.set(endpoint, fresh);
    return fresh;
  };
  /** Milliseconds until an endpoint may be tried. No cooldown is as long as one that seems longer than any: the clock was set back. */
  const left = (until: number): number => {
    const wait = Math.max(0, until - clock.now());
    return wait > longestMs && wait !== Infinity ? 0 : wait;
  };
  const onTrial = ({ cooldowns }: State) => cooldowns > 0;
  const usable = (endpoint: string) => {
    const state = states.get(endpoint);
    return state === undefined || (left(state.until) === 0 && !(onTrial(state) && state.tried));
  };
  const coolDown = (endpoint: string, state: State, fault: Fault, asked: number | undefined) => {
    const wait = Math.min(longestMs, asked === undefined ? firstMs * 2 ** state.cooldowns : Math.max(asked, 1_000));
    state.cooldowns++;
    state.until = clock.now() + wait;
    onCooldown?.(endpoint, fault, wait);
  };

  return {
    usable,
    enter(endpoint) {
      if (!usable(endpoint)) return false;
      const state = states.get(endpoint);
      if (state) state.tried = onTrial(state);
      return true;
    },
    succeeded(endpoint) {
      // An answer to a request sent before a fault that takes the endpoint out proves nothing about what came after.
      if (states.get(endpoint)?.until === Infinity) return;
      states.delete(endpoint);
      proven.add(endpoint);
    },
    failed(endpoint, fault, retryAfterMs) {
      const state = stateOf(endpoint);
      const trial = state.tried;
      state.tried = false;
      if (FAULTS[fault].endpoint === 'untouched') return;
      state.faults++;
      state.fault = fault;
      const rule = FAULTS[fault].endpoint;
      switch (rule === 'out' && proven.has(endpoint) ? 'counts' : rule) {
        case 'out':
          state.until = Infinity;
          return;
        case 'cools':
          coolDown(endpoint, state, fault, retryAfterMs);
          return;
        case 'counts':
          state.row++;
          // Requests that were under way when it cooled down fail too: they make no cooldown longer.
          if (trial || (state.row >= inARow && left(state.until) === 0)) coolDown(endpoint, state, fault, retryAfterMs);
      }
    },
    released(endpoint) {
      const state = states.get(endpoint);
      if (state) state.tried = false;
    },
    coolElsewhere(endpoint, fault, ms) {
      const state = stateOf(endpoint);
      const until = clock.now() + Math.min(ms, longestMs);
      if (until - clock.now() <= left(state.until)) return;
      state.until = until;
      state.fault = fault;
      state.cooldowns = Math.max(1, state.cooldowns);
    },
    reloaded() {
      proven.clear();
      for (const [endpoint, { until }] of states) if (until === Infinity) states.delete(endpoint);
    },
    waitMs: (endpoint) => left(states.get(endpoint)?.until ?? 0),
    look(endpoint) {
      const state = states.get(endpoint);
      if (state === undefined) return { state: 'up', faults: 0 };
      const { fault, faults, until } = state;
      const known = { faults, ...(fault !== undefined && { fault }) };
      const waitMs = left(until);
      if (waitMs === Infinity) return { state: 'out', ...known };
      if (waitMs > 0) return { state: 'cooling', waitMs, ...known };
      return { state: onTrial(state) ? 'trial' : 'up', ...known };
    },
  };
}
