import { ADWIN_DELTA, createAdwin, type Adwin } from '@routeprofile/numerics';
import type { DriftFlag, Logger, Matrix } from '@routeprofile/schema';
import type { Clock } from '../../clock.js';
import type { DecisionRecord } from '../../contracts/record.js';
import type { RequestRouter } from '../../decide/request-router.js';
import { CANDIDATE_STREAMS, fromRecord, kindOf, type StreamName } from './streams.js';

/** A change that was told. */
export interface RaisedFlag extends DriftFlag {
  /** The candidate, or the route whose queries these are. */
  of: string;
  /** When it was found: milliseconds since 1970. */
  at: number;
  /** Whether it is for the worse; undefined where neither is. */
  worse?: boolean;
  /** The change in words. */
  text: string;
}

/** What is watched, and what was found. */
export interface DriftLook {
  /** Streams that are watched. */
  streams: number;
  /** Chance at which each accepts a false alarm at a look. */
  delta: number;
  /** The last change of each stream that changed since the configuration was loaded. */
  flags: RaisedFlag[];
}

/** A route as far as it is watched. */
interface WatchedRoute {
  name: string;
  router: Pick<RequestRouter, 'models' | 'strategy' | 'queryDistance'>;
}

/** Watches candidates and queries for changes that chance does not explain. */
export interface Drift {
  /**
   * These routes are watched from now on, and no others. Flags are gone; streams of candidates go on, those of queries begin anew, as
   * another router has other training queries.
   */
  watch(routes: readonly WatchedRoute[]): void;
  /** A request has ended. Costs nothing for a route that is not watched. */
  ended(record: DecisionRecord): void;
  /** An answer was judged. @param score from 0 to 1 */
  judged(record: Pick<DecisionRecord, 'route' | 'served'>, score: number): void;
  /** Is given the vectors of a route's queries; undefined where they are not watched. */
  queriesOf(route: string): ((vectors: Matrix) => void) | undefined;
  /** Candidates that are worse than their routers learned, and what became worse. The same map until that changes. */
  readonly distrusted: ReadonlyMap<string, string>;
  /** Undefined where nothing is watched. */
  look(): DriftLook | undefined;
}

interface Watched {
  stream: StreamName;
  of: string;
  adwin: Adwin;
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** Watches with ADWIN, one window per stream (`createAdwin` of `@routeprofile/numerics`). */
export function createDrift({ clock, logger }: { clock: Pick<Clock, 'now'>; logger: Logger | undefined }): Drift {
  let routes: ReadonlySet<string> = new Set();
  let delta = ADWIN_DELTA;
  let distrusted = NOBODY;
  const watched = new Map<string, Watched>();
  const flags = new Map<string, RaisedFlag>();
  const queries = new Map<string, (vectors: Matrix) => void>();

  const take = (stream: StreamName, of: string, value: number) => {
    const name = `${stream}:${of}`;
    const one = watched.get(name);
    if (one === undefined) return;
    const { low, high, scaled, unscaled = (x) => x, worse, what, shown } = kindOf(stream);
    const number = scaled ? scaled(value) : value;
    if (Number.isNaN(number)) return;
    const change = one.adwin.add(Math.min(high, Math.max(low, number)));
    if (change === undefined) return;
    const [before, after] = [unscaled(change.before), unscaled(change.after)];
    const text = `${what} of ${of} ${after < before ? 'fell' : 'rose'} from ${shown(before)} to ${shown(after)}`;
    flags.set(name, {
      ...{ stream: name, since: change.since, before, after, delta, of, at: clock.now(), text },
      ...(worse && { worse: worse === 'lower' ? after < before : after > before }),
    });
    trust();
    logger?.warn(`drift: ${text}, at number ${change.since} of ${one.adwin.seen} (false alarms: ${delta} per look)`);
  };
  const trust = () => {
    const worse = [...flags.values()].filter((flag) => {
      const { stream } = watched.get(flag.stream)!;
      return flag.worse === true && kindOf(stream).quality === true;
    });
    distrusted = new Map(worse.map(({ of, text }) => [of, text]));
  };

  return {
    watch(given) {
      const states = new Map([...watched].map(([name, { adwin }]) => [name, adwin.save()]));
      for (const all of [watched, flags, queries]) all.clear();
      routes = new Set(given.map(({ name }) => name));
      distrusted = NOBODY;
      const measured = given.flatMap(({ name, router }) => {
        const distance = router.queryDistance?.();
        if (distance === undefined)
          logger?.info(`drift: queries of ${name} are not watched, as ${router.strategy} keeps no training queries`);
        return distance ? [{ name, distance }] : [];
      });
      const candidates = [...new Set(given.flatMap(({ router }) => router.models))];
      const names = [
        ...candidates.flatMap((of) =>
          CANDIDATE_STREAMS.map((stream) => ({ stream, of, state: states.get(`${stream}:${of}`) })),
        ),
        ...measured.map(({ name }) => ({ stream: 'query-distance' as const, of: name, state: undefined })),
      ];
      // All streams together accept one false alarm so often; each has its share.
      delta = ADWIN_DELTA / Math.max(1, names.length);
      for (const { stream, of, state } of names) {
        const { low, high } = kindOf(stream);
        watched.set(`${stream}:${of}`, { stream, of, adwin: createAdwin({ delta, low, high }, state) });
      }
      for (const { name, distance } of measured)
        queries.set(name, (vectors) => {
          for (const one of distance(vectors)) take('query-distance', name, one);
        });
    },
    ended(record) {
      if (record.route !== null && routes.has(record.route)) fromRecord(record, take);
    },
    judged({ route, served }, score) {
      if (route !== null && served !== null && routes.has(route)) take('reward', served, score);
    },
    queriesOf: (route) => queries.get(route),
    get distrusted() {
      return distrusted;
    },
    look: () => (watched.size === 0 ? undefined : { streams: watched.size, delta, flags: [...flags.values()] }),
  };
}
