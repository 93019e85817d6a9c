import type { Wire } from '@routeprofile/providers';

/** The wires that the gateway serves, each passed through as it is: OpenAI's chat completions and responses, Anthropic's messages. */
export const SERVED_WIRES = ['chat', 'responses', 'messages'] as const satisfies readonly Wire[];
/** How a client speaks, and with it the endpoint: nothing is translated. */
export type ServedWire = (typeof SERVED_WIRES)[number];
