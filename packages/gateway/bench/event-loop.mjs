// node bench/event-loop.mjs [--requests N] [--characters N] [--parallel N]: how long requests with a long prompt hold the event loop, and with it
// every other client's stream. While one client is streamed a chunk every 5 ms, others ask with prompts of their own, all of that length.
// Prints JSON: delays of the event loop and gaps between chunks in milliseconds, for no other requests, for prompts that name a candidate,
// and for prompts that are routed with use-lite-hash in a thread, cut as by default and whole, and on the calling thread. Read the ratios.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createEncoder } from '@routeprofile/encoders/node';
import { createGateway, memoryStore, recentVectors, requestRouter } from '@routeprofile/gateway/node';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '16' },
    characters: { type: 'string', default: '60000' },
    parallel: { type: 'string', default: '4' },
  },
});
const [requests, characters, parallel] = [values.requests, values.characters, values.parallel].map(Number);
const CHUNK_MS = 5;
const WORDS = 'why do rivers run to the sea and what makes a question hard for a small model 日本 Köln don’t'.split(
  ' ',
);

/** A prompt that no other equals. */
function promptOf(seed) {
  const words = [`${seed}:`];
  for (let length = 0, i = seed; length < characters; i++) {
    const word = WORDS[(i * 7 + seed * i) % WORDS.length];
    words.push(word);
    length += word.length + 1;
  }
  return words.join(' ').slice(0, characters);
}

/** Made beforehand: the clients share this thread with the gateway. */
const prompts = Array.from({ length: requests }, (_, i) => promptOf(i));

const event = (choice) => new TextEncoder().encode(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Answers at once, or as a stream without an end until it is told to stop. */
function modelServer() {
  let streaming = true;
  const answer = { choices: [{ message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }] };
  return {
    stop: () => void (streaming = false),
    async send(_endpoint, { headers }) {
      const stream = headers.accept === 'text/event-stream';
      const body = async function* () {
        if (!stream) return yield new TextEncoder().encode(JSON.stringify(answer));
        while (streaming) {
          yield event({ index: 0, delta: { content: '.' }, finish_reason: null });
          await pause(CHUNK_MS);
        }
        yield event({ index: 0, delta: {}, finish_reason: 'stop' });
        yield new TextEncoder().encode('data: [DONE]\n\n');
      };
      const type = stream ? 'text/event-stream' : 'application/json';
      return { status: 200, headers: new Headers({ 'content-type': type }), body: body() };
    },
  };
}

/** Reads vectors and ranks by their first number: what is measured is the way there. */
const router = {
  models: ['a', 'b'],
  decide: async ({ texts, vectors }) =>
    texts.map((_, q) => {
      const order = vectors === undefined || vectors.data[q * vectors.cols] >= 0 ? ['a', 'b'] : ['b', 'a'];
      return { model: order[0], ranked: order.map((model, i) => ({ model, score: 1 - i })), reasons: [] };
    }),
};

const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
const rounded = (ms) => Math.round(ms * 10) / 10;

async function measured(name, { encoder, maxChars = 2_000, model = 'auto' }) {
  const upstream = modelServer();
  const endpoints = ['a', 'b'].map((candidate) => ({
    candidate,
    baseUrl: `https://${candidate}.example/v1`,
    wires: ['chat'],
  }));
  const reading = encoder && recentVectors(encoder);
  // Its threads and its model are there before anything is measured.
  await reading?.encode(['']);
  const gateway = createGateway(
    { endpoints, routes: { default: { maxChars } } },
    { routes: { default: requestRouter(router, { encoder: reading }) }, upstream, store: memoryStore() },
  );
  const ask = (content, stream, asked) =>
    gateway.fetch(
      new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: asked, stream, messages: [{ role: 'user', content }] }),
      }),
    );
  const gaps = [];
  const streamed = (await ask('Count.', true, 'a')).body;
  const reader = (async () => {
    let last = performance.now();
    for await (const _ of streamed) {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
    }
  })();
  await pause(100);
  gaps.length = 0;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const taken = [];
  let next = 0;
  const client = async () => {
    while (next < requests) {
      const prompt = prompts[next++];
      await pause(20);
      const from = performance.now();
      const response = await ask(prompt, false, model);
      if (response.status !== 200) throw new Error(await response.text());
      await response.text();
      taken.push(performance.now() - from);
    }
  };
  if (model === null) await pause(1_000);
  else await Promise.all(Array.from({ length: parallel }, client));
  const seconds = (performance.now() - began) / 1_000;
  delay.disable();
  upstream.stop();
  await reader;
  await gateway.close();
  await encoder?.dispose?.();
  gaps.sort((a, b) => a - b);
  taken.sort((a, b) => a - b);
  return {
    name,
    seconds: rounded(seconds),
    delayMs: {
      p50: rounded(delay.percentile(50) / 1e6),
      p99: rounded(delay.percentile(99) / 1e6),
      max: rounded(delay.max / 1e6),
    },
    gapMs: {
      p50: rounded(percentile(gaps, 0.5)),
      p99: rounded(percentile(gaps, 0.99)),
      max: rounded(gaps.at(-1) ?? 0),
    },
    requestMs: { p50: rounded(percentile(taken, 0.5)), max: rounded(taken.at(-1) ?? 0) },
  };
}

const open = (keepFree) => createEncoder('use-lite-hash', { keepFree, threads: 1 });
const results = [
  await measured('no other requests', { model: null }),
  await measured('named candidate', { model: 'a' }),
  await measured('in a thread, cut to 2,000 characters', { encoder: await open(true) }),
  await measured('in a thread, whole', { encoder: await open(true), maxChars: 1_000_000 }),
  await measured('on the calling thread, whole', { encoder: await open(false), maxChars: 1_000_000 }),
];
console.log(JSON.stringify({ requests, characters, parallel, results }, null, 2));
