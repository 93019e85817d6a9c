import type { Wire } from '@routeprofile/providers';

/** The wires of conversations, each passed through as it is: OpenAI's chat completions and responses, Anthropic's messages. */
export const SERVED_WIRES = ['chat', 'responses', 'messages'] as const satisfies readonly Wire[];
/** How a client speaks, and with it the endpoint: nothing is translated. */
export type ServedWire = (typeof SERVED_WIRES)[number];

/** All that an endpoint may speak: conversations, and OpenAI's embeddings. */
export const ENDPOINT_WIRES = [...SERVED_WIRES, 'embeddings'] as const satisfies readonly Wire[];
/** A wire of conversations, or `embeddings`. */
export type EndpointWire = (typeof ENDPOINT_WIRES)[number];
