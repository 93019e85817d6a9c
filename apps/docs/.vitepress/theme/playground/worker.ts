/// <reference lib="webworker" />
import { createHashEncoder, openStaticHashEncoder } from '@routeprofile/encoders';
import staticUrl from '@routeprofile/encoder-static/static.safetensors?url';
import { RouteProfileError, throwIfAborted, type Encoder, type Router, type RunContext } from '@routeprofile/schema';
import overview from '../../../playground/generated/overview.json';
import sampleUrl from '../../../playground/generated/sample.json?url';
import type { Answer, Failure, Request } from './messages';
import type { EncoderName, RouterName } from './router-names';
import { fitRouter } from './routers';
import { parseSample, type Sample } from './sample';
import { openWorkbench, route, timed, type Timed, type Workbench } from './workbench';

declare const self: DedicatedWorkerGlobalScope;

const ctx: RunContext = { seed: 42 };
const post = (answer: Answer) => self.postMessage(answer);

const failureOf = (error: unknown): Failure => ({
  message: error instanceof Error ? error.message : String(error),
  hint: RouteProfileError.isInstance(error) ? error.hint : undefined,
});

let sample: Promise<Sample> | undefined;
const benches = new Map<EncoderName, Promise<Timed<Workbench>>>();
const routers = new Map<string, Promise<Timed<Router>>>();
let loading: AbortController | undefined;

async function fetched(what: string, address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok)
    throw new RouteProfileError('NETWORK', `${what} cannot be loaded (${response.status})`, {
      hint: 'Load the page again.',
    });
  return response;
}

const fetchSample = async (): Promise<Sample> =>
  parseSample(await (await fetched('the sample dataset', sampleUrl)).json());

const openStaticHash = (): Promise<Encoder> =>
  openStaticHashEncoder({
    files: {
      name: 'static.safetensors',
      read: async () => (await fetched('the encoder', staticUrl)).arrayBuffer(),
    },
  });

/** What is in the map, or what `make` gives; a failure is forgotten, so that the next request tries again. */
function kept<K, V>(map: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}

function benchOf(encoder: EncoderName): Promise<Timed<Workbench>> {
  return kept(benches, encoder, async () => {
    if (encoder === 'use-lite') throw new RouteProfileError('BAD_INPUT', `${encoder} has not been loaded yet`);
    const opened = encoder === 'hash' ? createHashEncoder() : await openStaticHash();
    const data = await (sample ??= fetchSample());
    return timed(() => openWorkbench(data, opened, ctx));
  });
}

async function answerRoute(id: number, query: string, encoder: EncoderName, name: RouterName): Promise<void> {
  const say = (doing: string) => post({ kind: 'busy', id, doing });
  if (!benches.has(encoder))
    say(encoder === 'hash' ? 'encoding the training queries' : 'loading the encoder and encoding the training queries');
  const bench = await benchOf(encoder);
  const key = `${encoder} ${name}`;
  if (!routers.has(key)) say(`fitting ${name}`);
  const router = await kept(routers, key, () => timed(() => fitRouter(name, bench.value.input, ctx)));
  const routing = await route(bench.value, router.value, query);
  post({
    kind: 'routed',
    id,
    routing,
    timing: { prepare: bench.seconds, fit: router.seconds, ...routing.seconds },
  });
}

/** Downloads and opens `use-lite`, then reads the training queries with it. */
async function loadUseLite(signal: AbortSignal): Promise<void> {
  const { openUseLite } = await import('./use-lite');
  const onBytes = (bytes: number) =>
    post({ kind: 'use-lite-progress', doing: 'download', share: bytes / overview.useLiteBytes, bytes });
  const encoder = await timed(() => openUseLite({ signal, onBytes }));
  throwIfAborted({ signal });
  const onProgress: RunContext['onProgress'] = ({ done, total }) => {
    if (total !== undefined)
      post({ kind: 'use-lite-progress', doing: 'encode', share: done / total, bytes: overview.useLiteBytes });
  };
  const data = await (sample ??= fetchSample());
  const bench = await timed(() => openWorkbench(data, encoder.value, { ...ctx, signal, onProgress }));
  benches.set('use-lite', Promise.resolve(bench));
  post({ kind: 'use-lite-ready', seconds: { download: encoder.seconds, prepare: bench.seconds } });
}

async function startUseLite(): Promise<void> {
  if (loading) return;
  const controller = new AbortController();
  loading = controller;
  try {
    await loadUseLite(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) post({ kind: 'use-lite-cancelled' });
    else post({ kind: 'use-lite-failed', failure: failureOf(error) });
  } finally {
    loading = undefined;
  }
}

self.addEventListener('message', ({ data: request }: MessageEvent<Request>) => {
  switch (request.kind) {
    case 'route':
      answerRoute(request.id, request.query, request.encoder, request.router).catch((error: unknown) =>
        post({ kind: 'failed', id: request.id, failure: failureOf(error) }),
      );
      break;
    case 'load-use-lite':
      void startUseLite();
      break;
    case 'cancel-use-lite':
      loading?.abort();
      break;
  }
});
