// node bench/slow-clients.mjs: clients that send a byte now and then. How long a gateway lets them, and what it tells them; takes six minutes.
// Prints JSON: seconds until the connection was ended, and the status.
import { connect } from 'node:net';
import { createGateway, listen, memoryStore } from '@routeprofile/gateway/node';

const router = {
  ...{ models: ['a'], candidates: [{ id: 'a', model: 'a' }], strategy: 'one', encoder: null },
  route: async (texts) => texts.map(() => ({ model: 'a', ranked: [{ model: 'a', score: 1 }], reasons: [] })),
};
const gateway = createGateway(
  { endpoints: [{ candidate: 'a', baseUrl: 'http://localhost/v1', wires: ['chat'] }] },
  { routes: { default: router }, upstream: {}, store: memoryStore() },
);
const listening = await listen(gateway, { port: 0 });

/** Sends a text, then one character every two seconds, for as long as it may. */
const slowly = (begin, character) =>
  new Promise((resolve) => {
    const began = Date.now();
    let said = '';
    const socket = connect(listening.port, '127.0.0.1', () => socket.write(begin));
    const drip = setInterval(() => socket.write(character), 2_000);
    socket
      .on('data', (bytes) => (said += bytes))
      .on('error', () => {})
      .on('close', () => {
        clearInterval(drip);
        resolve({ seconds: Math.round((Date.now() - began) / 1000), status: said.split(' ')[1] ?? null });
      });
  });

const line = 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n';
const [headers, body, nothing] = await Promise.all([
  slowly(`${line}x: `, 'y'),
  slowly(`${line}content-type: application/json\r\ncontent-length: 100000\r\n\r\n`, ' '),
  slowly('', ''),
]);
await listening.close(0);
console.log(JSON.stringify({ headers, body, nothing }));
