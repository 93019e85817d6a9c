import type { Candidate, Requirements } from '@routeprofile/schema';
import type { Endpoint } from '../contracts/endpoint.js';
import type { EndpointWire } from '../contracts/wire.js';
import type { ServedWrapper } from '../decide/wrappers.js';
import type { RequestRouter } from '../decide/request-router.js';
import type { RouteLearner } from '../learn/route-learner.js';
import type { FixedHeaders } from './fixed-headers.js';
import type { GatewayConfig, KeyConfig, RouteConfig } from './config.js';

/** A route with its router. */
export interface Route {
  name: string;
  settings: RouteConfig;
  /** With what the configuration puts around it. */
  router: RequestRouter;
  /** The same, and never a model that is only tried. */
  still: RequestRouter;
  /**
   * The same with more around it: within what explores and who stands in, outside of what the configuration says.
   * @param added what budgets add to λ, asked once per decision. Default nothing
   */
  wrappedBy(more: readonly ServedWrapper[], added?: () => number): Pick<Route, 'router' | 'still'>;
  /** Whether vectors and versions are remembered of its requests. */
  notes: boolean;
  /** What learns from its feedback. */
  learner?: RouteLearner;
  /** What would decide by what was learned, where that is not followed. */
  shadow?: { router: RequestRouter; learner: RouteLearner };
  /** Whether requests with personal data are to stay on models that run locally. */
  keepsPersonalData: boolean;
  /** What whoever answers must have, whoever decides. */
  demands: readonly Requirements[];
  /** What the name in the request asked for beside the route. */
  overrides?: Readonly<Record<string, unknown>>;
  /** What a dollar is worth in its choices, before budgets add to it; undefined where costs are not weighed. */
  lambda: number | undefined;
  /** What budgets add to λ now; absent where none is paced. */
  added?: () => number;
}

/** What a model's name in a request stands for. */
export type Target = { kind: 'route'; route: Route } | { kind: 'candidate'; candidate: Candidate };

/** A configuration that was checked, with all that it names looked up. It never changes; a request keeps the one that it began with. */
export interface Snapshot {
  config: GatewayConfig;
  keys: readonly KeyConfig[];
  routes: ReadonlyMap<string, Route>;
  candidates: ReadonlyMap<string, Candidate>;
  /** By candidate. */
  endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  /** Where each endpoint takes requests of each of its wires, by endpoint. Read once: to parse an address costs more than all headers. */
  addresses: ReadonlyMap<string, Readonly<Partial<Record<EndpointWire, URL>>>>;
  /** Headers of each request to each endpoint, by its wires, by endpoint. */
  headers: ReadonlyMap<string, Readonly<Partial<Record<EndpointWire, FixedHeaders>>>>;
  /** Keys of endpoints, by endpoint. */
  secrets: ReadonlyMap<string, string>;
  /** By each name that a request may say; the order is that of lists. */
  targets: ReadonlyMap<string, Target>;
  /** The route with options of a request. @throws RouteProfileError BAD_OPTION */
  variantOf(route: Route, options: Record<string, unknown>): Route;
}

/** A configuration that was opened, and what is needed of it once. */
export interface OpenedConfig {
  snapshot: Snapshot;
  /** Keys of clients, by id: to be hashed and forgotten. */
  clientSecrets: ReadonlyMap<string, string>;
}
