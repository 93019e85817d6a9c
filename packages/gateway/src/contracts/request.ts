import type { Requirements } from '@routeprofile/schema';
import type { EndpointWire } from './wire.js';

/** A request as routing sees it. */
export interface RoutingRequest {
  /** Names the decision; clients find it in `x-routeprofile-id`. */
  id: string;
  wire: EndpointWire;
  /** The route's name; null for a request that names a candidate. */
  route: string | null;
  /** The last user message that holds text, cut to the route's limit behind what the router does not read; empty where there is none. */
  text: string;
  /** Read from the whole request. */
  requirements: Requirements;
  /** The conversation, where the client names it; two tenants may name theirs alike. */
  session?: string;
  /** The id of the key that it came with. */
  tenant: string;
  stream: boolean;
  tokens: {
    /** Estimated: a quarter of the characters, pictures left out. */
    prompt: number;
    /** The client's limit of the answer; undefined where it sets none. */
    maxOutput?: number;
  };
}
