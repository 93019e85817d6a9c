import type { EndpointWire } from '../contracts/wire.js';
import { chatWire } from './chat.js';
import { embeddingsWire } from './embeddings.js';
import type { WireFormat } from './format.js';
import { messagesWire } from './messages.js';
import { responsesWire } from './responses.js';

/** What is known of each wire. */
export const WIRES: Readonly<Record<EndpointWire, WireFormat>> = {
  chat: chatWire,
  responses: responsesWire,
  messages: messagesWire,
  embeddings: embeddingsWire,
};
