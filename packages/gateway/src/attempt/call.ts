import type { Candidate } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { Endpoint } from '../contracts/endpoint.js';
import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import type { Leaving } from './leaving.js';
import type { Upstream, UpstreamRequest } from '../contracts/upstream.js';
import type { WireFormat } from '../wire/format.js';

/** One request to one endpoint. */
export interface Call {
  candidate: Candidate;
  endpoint: Endpoint;
  format: WireFormat;
  stream: boolean;
  /** `Asked.usage` of the request. */
  usageWanted: boolean;
  request: UpstreamRequest;
  /** The endpoint's key, to be masked wherever the server repeats it. */
  secret: string | undefined;
  client: Leaving;
  /** Tokens of the prompt, estimated, for servers that do not count. */
  promptTokens: number;
  /** An answer without content is passed on as it is: another endpoint gave none either. */
  acceptEmpty: boolean;
}

/** What an attempt needs beside its call. */
export interface AttemptParts {
  upstream: Upstream;
  clock: Clock;
}

/** What a server answered in place of what was asked for, its key masked. */
export interface Refusal {
  /** Its own status; 200 for an error within a stream. */
  status: number;
  message: string;
  /** As it came; only of answers that are JSON. */
  body?: string;
}

/** What came of an attempt. */
export type Outcome =
  | { kind: 'failed'; attempt: Attempt & { fault: Fault }; refusal?: Refusal; unsent?: true }
  | { kind: 'whole'; attempt: Attempt; body: string | Uint8Array }
  | { kind: 'stream'; live: LiveStream };

/** A stream whose content has begun: there is no way back from here. */
export interface LiveStream {
  /**
   * The next bytes for the client; undefined at the end. A stream that fails ends with an event that says so; it never throws.
   * One call at a time.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Nobody reads any more. */
  leave(): void;
  /** What became of it, once it has ended, in whatever way. */
  ended: Promise<Attempt>;
}
