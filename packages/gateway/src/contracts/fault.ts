import { z } from '@routeprofile/schema';

/** What a fault means for everything that follows from it. */
interface FaultRule {
  /** Whose fault it is. A request's own fault never weighs on an endpoint. */
  whose: 'endpoint' | 'request';
  /**
   * What becomes of the endpoint: `counts` (several in a row cool it down), `cools` (at once, as long as the server asks),
   * `out` (until the configuration is loaded again; one that has answered before `counts`), `untouched`.
   */
  endpoint: 'counts' | 'cools' | 'out' | 'untouched';
  /** What is charged where the server does not say: `nothing`, the `input` alone, or the input and what was `written`. */
  charged: 'nothing' | 'input' | 'written';
  /** Which alternative may be tried before content: `any`, one with a `larger` context, or `none`. */
  next: 'any' | 'larger' | 'none';
}

/** Every kind of fault. The rules hold for faults before content; after it there is no second attempt, whatever the fault. */
export const FAULTS = {
  /** No connection, or one that broke before anything was answered. */
  connect: { whose: 'endpoint', endpoint: 'counts', charged: 'nothing', next: 'any' },
  /** No content in time. */
  'first-byte': { whose: 'endpoint', endpoint: 'counts', charged: 'input', next: 'any' },
  /** A stream that stood still for too long. */
  idle: { whose: 'endpoint', endpoint: 'counts', charged: 'written', next: 'any' },
  /** Status 429. */
  'rate-limited': { whose: 'endpoint', endpoint: 'cools', charged: 'nothing', next: 'any' },
  /** The account has no money left. */
  'no-credit': { whose: 'endpoint', endpoint: 'cools', charged: 'nothing', next: 'any' },
  /** The server says that it is too busy: 503, 529, 408, or an event that says so. */
  overloaded: { whose: 'endpoint', endpoint: 'counts', charged: 'nothing', next: 'any' },
  /** The server broke: any other 5xx, 409. */
  server: { whose: 'endpoint', endpoint: 'counts', charged: 'nothing', next: 'any' },
  /** The key is refused: 401, 403. Some servers say so of what a single request asks for. */
  auth: { whose: 'endpoint', endpoint: 'out', charged: 'nothing', next: 'any' },
  /** No such model or address there, which the gateway chose; or something else that a request names, such as a file. */
  'not-found': { whose: 'endpoint', endpoint: 'out', charged: 'nothing', next: 'any' },
  /** The answer ended before it was whole. */
  cut: { whose: 'endpoint', endpoint: 'counts', charged: 'written', next: 'any' },
  /** What came is not of the wire, or is longer than the limits allow. */
  malformed: { whose: 'endpoint', endpoint: 'counts', charged: 'input', next: 'any' },
  /** A whole answer without content. */
  empty: { whose: 'endpoint', endpoint: 'counts', charged: 'input', next: 'any' },
  /** Longer than the model reads. */
  'context-window': { whose: 'request', endpoint: 'untouched', charged: 'nothing', next: 'larger' },
  /** The provider withholds an answer. */
  'content-policy': { whose: 'request', endpoint: 'untouched', charged: 'nothing', next: 'none' },
  /** Whatever else is refused in the request. */
  'bad-request': { whose: 'request', endpoint: 'untouched', charged: 'nothing', next: 'none' },
  /** Reasoning of an earlier answer was signed by another provider. */
  signature: { whose: 'request', endpoint: 'untouched', charged: 'nothing', next: 'none' },
  /** The client left; nobody's fault. */
  'client-gone': { whose: 'request', endpoint: 'untouched', charged: 'written', next: 'none' },
  /** Of a record that a newer version wrote: a kind that this one does not know. */
  unknown: { whose: 'request', endpoint: 'untouched', charged: 'nothing', next: 'none' },
} as const satisfies Readonly<Record<string, FaultRule>>;

/** Why an attempt gave no answer. */
export type Fault = keyof typeof FAULTS;

const isFault = (value: unknown): value is Fault => typeof value === 'string' && Object.hasOwn(FAULTS, value);

export const faultSchema = z.custom<Fault>(isFault, 'expected a kind of fault');

/** A fault as records have it: of a newer version it may be a kind that is not known here. */
export const recordedFaultSchema = z.string().transform((kind): Fault => (isFault(kind) ? kind : 'unknown'));
