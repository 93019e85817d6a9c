import { answering } from './answering.js';
import { at, has, namedScores, scoresIn, unlessChat, type Preset } from './preset.js';

const PLACES = ['', 'proxy_server_request.', 'proxy_server_request.body.'];
const messages = /* @__PURE__ */ at(
  ...PLACES.flatMap((place) => ['messages', 'input', 'prompt', 'contents'].map((name) => `${place}${name}`)),
);
const model = /* @__PURE__ */ at('model', 'model_group');
const answered = /* @__PURE__ */ at('response.model');
const start = /* @__PURE__ */ at('startTime', 'start_time');
const end = /* @__PURE__ */ at('endTime', 'end_time');
const scores = /* @__PURE__ */ at('scores', 'metadata.scores', 'metadata.requester_metadata.scores');

/**
 * Spend logs of the LiteLLM proxy (table `LiteLLM_SpendLogs`, or `/spend/logs`), with `store_prompts_in_spend_logs` on. They hold no scores:
 * these come from a second file, joined by `request_id`.
 */
export const liteLlm: Preset = {
  name: 'litellm',
  title: 'spend logs of LiteLLM',
  records: ['', 'data'],
  reads: {
    ...{
      query: 'messages',
      model: 'model, or what answered instead',
      cost: 'spend',
      id: 'request_id',
      time: 'startTime',
    },
    ...{ latency: 'startTime to endTime', inputTokens: 'prompt_tokens', outputTokens: 'completion_tokens' },
    score: 'a second file',
  },
  ownScores: true,
  recognise: (record) => has(record, 'request_id', 'spend') && (has(record, 'call_type') || has(record, 'startTime')),
  calls(record) {
    if (record['status'] === 'failure') return { skipped: 'failed requests' };
    const other = unlessChat(record['call_type']);
    if (other !== undefined) return other;
    // An answer from the cache cost nothing and took no time: it says nothing of the model.
    const cached = /^true$/i.test(String(record['cache_hit']));
    const own = namedScores(scores(record));
    return [
      {
        query: messages(record),
        ...answering(model(record), answered(record)),
        id: record['request_id'],
        time: start(record),
        ...(!cached && { cost: record['spend'], endTime: end(record) }),
        inputTokens: record['prompt_tokens'],
        outputTokens: record['completion_tokens'],
        scores: { ...scoresIn(record['metadata'], 'metadata'), ...own },
      },
    ];
  },
  joins: [
    ['request_id', 'request_id'],
    ['request_id', 'id'],
  ],
  hints: {
    score:
      'Spend logs of LiteLLM hold none. Grade the answers, write a file with the columns request_id and score, and give it with --scores FILE --join request_id.',
    query: 'Turn on store_prompts_in_spend_logs in the proxy, so that messages are kept.',
  },
};
