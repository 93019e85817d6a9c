import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef, watch } from 'vue';
import overview from '../../../playground/generated/overview.json';
import { megabytes, percent, seconds } from './format';
import type { Answer, Failure, Request, Timing } from './messages';
import { LAMBDAS } from './prices';
import { ENCODERS, ROUTERS, type EncoderName, type RouterName } from './router-names';
import type { Routing } from './routing';

/** Milliseconds without a key before a typed query is routed. */
const PAUSE = 300;

export const { tasks, examples, trainingQueries, staticBytes, useLiteBytes, routers: routerSummaries } = overview;
export const modelNames = overview.models.map(({ id }) => id);

export interface UseLite {
  state: 'absent' | 'loading' | 'ready';
  /** 0 to 1 of what is being done. */
  share: number;
  /** For people: what is being done, how it ended, or what to do. */
  note: string;
}

const inWords = ({ message, hint }: Failure) => (hint === undefined ? message : `${message}. ${hint}`);

/** State of the page. The worker is started once the page is mounted, and does all the work. */
export function usePlayground() {
  const query = ref(examples[0]?.text ?? '');
  const encoder = ref<EncoderName>(ENCODERS[0]);
  const router = ref<RouterName>(ROUTERS[0]);
  const position = ref(0);
  const routing = shallowRef<Routing | null>(null);
  const timing = shallowRef<Timing | null>(null);
  const status = ref('starting');
  const failure = ref<string | null>(null);
  const useLite = reactive<UseLite>({ state: 'absent', share: 0, note: '' });

  let worker: Worker | undefined;
  let latest = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const send = (request: Request) => worker?.postMessage(request);

  function routeNow(): void {
    clearTimeout(pause);
    failure.value = null;
    if (query.value.trim() === '') {
      status.value = 'type a query';
      return;
    }
    status.value = 'routing';
    send({ kind: 'route', id: ++latest, query: query.value, encoder: encoder.value, router: router.value });
  }

  function receive(answer: Answer): void {
    if ('id' in answer && answer.id !== latest) return;
    switch (answer.kind) {
      case 'busy':
        status.value = answer.doing;
        break;
      case 'routed':
        routing.value = answer.routing;
        timing.value = answer.timing;
        status.value = 'ready';
        break;
      case 'failed':
        failure.value = inWords(answer.failure);
        status.value = 'failed';
        break;
      case 'use-lite-progress':
        useLite.share = answer.share;
        useLite.note =
          answer.doing === 'download'
            ? `downloading: ${megabytes(answer.bytes)} of ${megabytes(useLiteBytes)}`
            : `reading the training queries: ${percent(answer.share)}`;
        break;
      case 'use-lite-ready':
        useLite.state = 'ready';
        useLite.note = `loaded in ${seconds(answer.seconds.download)}, training queries read in ${seconds(answer.seconds.prepare)}`;
        encoder.value = 'use-lite';
        break;
      case 'use-lite-cancelled':
        useLite.state = 'absent';
        useLite.note = 'cancelled';
        break;
      case 'use-lite-failed':
        useLite.state = 'absent';
        useLite.note = 'not loaded';
        failure.value = inWords(answer.failure);
        break;
    }
  }

  function loadUseLite(): void {
    Object.assign(useLite, { state: 'loading', share: 0, note: 'starting' });
    send({ kind: 'load-use-lite' });
  }

  onMounted(() => {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'playground' });
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => receive(data));
    worker.addEventListener('error', ({ message }) => {
      // A script that cannot be fetched is an error without a message.
      failure.value = `The worker that computes could not be started${message ? ` (${message})` : ''}. Load the page again.`;
      status.value = 'failed';
    });
    routeNow();
  });
  onBeforeUnmount(() => {
    clearTimeout(pause);
    worker?.terminate();
  });

  watch([encoder, router], routeNow);
  watch(query, () => {
    clearTimeout(pause);
    pause = setTimeout(routeNow, PAUSE);
  });

  const lambda = computed(() => LAMBDAS[position.value] ?? 0);
  const choice = computed(() => routing.value?.choices[position.value] ?? null);
  const chosen = computed(() => routing.value?.scores.find(({ model }) => model === choice.value?.model) ?? null);
  /** The best by score, whatever it costs. */
  const dearest = computed(() => routing.value?.scores[0] ?? null);
  /** What the models scored on the query, if it is one of the test queries. */
  const recorded = computed(() => examples.find(({ text }) => text === routing.value?.query)?.scores ?? null);

  return {
    ...{ query, encoder, router, position, routing, timing, status, failure, useLite },
    ...{ lambda, choice, chosen, dearest, recorded },
    routeNow,
    loadUseLite,
    cancelUseLite: () => send({ kind: 'cancel-use-lite' }),
  };
}
