import { unpacked, type Fields } from '../paths.js';
import { answering } from './answering.js';
import { at, byRole, has, namedScores, milliseconds, numberOf, unlessChat, type Preset } from './preset.js';

const query = /* @__PURE__ */ at(
  ...['request_body.messages', 'request_body.contents', 'request_body.input', 'request_body.prompt', 'request_body'],
  ...['prompt', 'request_prompt'],
);
const model = /* @__PURE__ */ at('request_model', 'request_body.model', 'model_override', 'model');
const answered = /* @__PURE__ */ at('response_model');
const cost = /* @__PURE__ */ at('costUSD', 'cost_usd', 'cost');
const delay = /* @__PURE__ */ at('delay_ms', 'latency');
const created = /* @__PURE__ */ at('request_created_at', 'created_at');
const properties = /* @__PURE__ */ at('request_properties', 'properties');
const status = /* @__PURE__ */ at('response_status', 'status');
const kind = /* @__PURE__ */ at('request_path', 'path');
const feedback = /* @__PURE__ */ at('feedback_rating', 'helicone_feedback.rating');

/** Scores by name; where there are none, the thumbs of a user. Each may be an object with its value. */
function scoresOf(record: Fields): Fields {
  const scores = namedScores(record['scores']);
  if (Object.keys(scores).length > 0) return scores;
  const thumbs = feedback(record);
  return thumbs === undefined ? {} : { feedback: thumbs };
}

/**
 * Requests that Helicone exports (`@helicone/export`, or `/v1/request/query-clickhouse`), as JSON, JSON lines or CSV, with bodies.
 * Scores are whole percents there, feedback is true or false; `delay_ms` is milliseconds.
 */
export const helicone: Preset = {
  name: 'helicone',
  title: 'requests of Helicone',
  records: ['', 'data'],
  reads: {
    ...{
      query: 'request_body.messages',
      model: 'request_model, or what answered instead',
      score: 'scores, else feedback_rating',
    },
    ...{ cost: 'costUSD', latency: 'delay_ms', time: 'request_created_at', id: 'request_id' },
    ...{ inputTokens: 'prompt_tokens', outputTokens: 'completion_tokens', task: 'request_properties' },
  },
  ownScores: true,
  scale: 'percent',
  recognise: (record) =>
    has(record, 'request_id') &&
    (has(record, 'request_body') || has(record, 'request_model')) &&
    (has(record, 'delay_ms') || has(record, 'request_created_at') || has(record, 'response_status')),
  calls(record) {
    const code = numberOf(status(record));
    if (code !== undefined && (code < 0 || code >= 400)) return { skipped: 'failed requests' };
    const other = unlessChat(kind(record));
    if (other !== undefined) return other;
    return [
      {
        query: query(record),
        ...answering(model(record), answered(record)),
        id: record['request_id'],
        time: created(record),
        task: byRole(unpacked(properties(record)), 'task'),
        scores: scoresOf(record),
        cost: cost(record),
        latency: milliseconds(delay(record)),
        inputTokens: record['prompt_tokens'],
        outputTokens: record['completion_tokens'],
      },
    ];
  },
  joins: [
    ['request_id', 'request_id'],
    ['request_id', 'id'],
  ],
};
