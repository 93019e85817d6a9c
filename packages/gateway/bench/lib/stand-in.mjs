// A model server for benchmarks, as a process of its own. What it does stands in the message it is sent, as JSON: `{ id, does, gapMs }`.
// Prints `{ port }`; `GET /report?ids=…` says which of these came, of those that were not to be good, and when their answers were broken off,
// milliseconds since 1970.
import { createServer } from 'node:http';

/** Milliseconds after which an answer that stands still is given up; whoever lets one wait for so long has not ended it. */
const FORGOTTEN_MS = 30_000;
const WORDS = 20;
const USAGE = { prompt_tokens: 20, completion_tokens: WORDS, total_tokens: 20 + WORDS };
const event = (choices, more = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
const word = (content) => event([{ index: 0, delta: { content }, finish_reason: null }]);
const LAST = [event([{ index: 0, delta: {}, finish_reason: 'stop' }]), event([], { usage: USAGE }), 'data: [DONE]\n\n'];
const whole = (content) =>
  JSON.stringify({
    ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm', usage: USAGE },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  });

/** When the answer to each was broken off. */
const broken = new Map();
/** What goes wrong goes wrong once: the next endpoint answers. */
const failed = new Set();
const calls = { arrived: 0, aborted: 0, forgotten: 0, open: 0 };

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function stream(response, does, gapMs) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < WORDS; i++) {
    if (response.destroyed) return;
    if (i === 3 && does === 'stall') return;
    if (i === 3 && does === 'cut') return void response.destroy();
    if (i === 3 && does === 'error') return void response.end('data: {"error":{"message":"overloaded"}}\n\n');
    // The moment at which it is sent: what it takes to arrive can then be told.
    response.write(word(`${Date.now()} `));
    if (gapMs > 0) await pause(gapMs);
  }
  response.end(LAST.join(''));
}

async function reply(response, asked, { id, does, gapMs = 0 }) {
  const once = does !== 'good' && !failed.has(id);
  if (once) failed.add(id);
  const now = once || does === 'hang' || does === 'stall' ? does : 'good';
  if (now === '500') return void response.writeHead(500).end('{"error":{"message":"out of order"}}');
  if (now === 'reset') return void response.destroy();
  if (now === 'hang') return;
  if (asked.stream === true) return stream(response, now, gapMs);
  response.writeHead(200, { 'content-type': 'application/json' });
  if (now === 'stall') return void response.write('{"id":');
  if (now === 'cut') return void response.write('{"id":', () => response.destroy());
  response.end(whole('Fifty-one.'));
}

const server = createServer((request, response) => {
  const address = new URL(request.url, 'http://localhost');
  if (address.pathname === '/report') {
    const ids = (address.searchParams.get('ids') ?? '').split(',').map(Number);
    const fates = ids.map((id) => ({ came: failed.has(id), brokenAt: broken.get(id) }));
    return void response.end(JSON.stringify({ calls, fates }));
  }
  calls.arrived++;
  calls.open++;
  let told = {};
  const forgotten = setTimeout(() => {
    calls.forgotten++;
    response.destroy();
  }, FORGOTTEN_MS);
  response.on('close', () => {
    calls.open--;
    clearTimeout(forgotten);
    if (response.writableFinished || told.id === undefined) return;
    calls.aborted++;
    if (!broken.has(told.id)) broken.set(told.id, Date.now());
  });
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(parts).toString());
    const said = asked.messages.at(-1).content;
    told = JSON.parse(said.slice(said.lastIndexOf('\n') + 1));
    void reply(response, asked, told);
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
