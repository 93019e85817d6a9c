import { unpacked, type Fields } from '../paths.js';
import { answering } from './answering.js';
import {
  at,
  byRole,
  flagsIn,
  measuredByRole,
  namedScores,
  numberOf,
  scoresIn,
  unlessChat,
  type Preset,
} from './preset.js';
import { tokensOf } from './usage.js';
import { keepsResponses, places, questionOf, requestOf, responseOf } from './wire.js';

const usage = /* @__PURE__ */ at('usage', 'usageMetadata');
const id = /* @__PURE__ */ at('custom_id', 'request_id', 'id', 'trace_id');
const scores = /* @__PURE__ */ at('scores', 'metadata.scores', 'metadata.requester_metadata.scores');
/** What people and judges said, as objects. */
const OPINIONS = /* @__PURE__ */ places(
  ...['evaluation', 'feedback', 'user_feedback', 'metadata.feedback', 'metadata.user_feedback', 'metadata'],
);
const status = /* @__PURE__ */ at('response.status_code', 'status_code', 'http_status', 'status', 'result.type');
const kind = /* @__PURE__ */ at('url', 'path', 'endpoint', 'request_path');
/** An answer of the API for embeddings is a list of them. */
const kindOfResponse = /* @__PURE__ */ at('data.object');
const error = /* @__PURE__ */ at('error', 'response.error', 'response.body.error');

/** Scores beside the request and the response, and in what says more of them. */
function scoresOf(record: Fields): Fields {
  const said = OPINIONS.map(([name, read]) => scoresIn(read(record), name));
  return Object.assign({}, scoresIn(record), namedScores(scores(record)), ...said) as Fields;
}

/** The server gave no answer, and the log says that this is why. */
function isFailed(record: Fields): boolean {
  const code = numberOf(status(record));
  if (code !== undefined && code >= 400) return true;
  if (responseOf(record) !== undefined) return false;
  return (
    error(record) !== undefined ||
    Object.values(flagsIn(record)).some((flag) => /^(?:false|0|no|failed)$/i.test(String(flag))) ||
    /^(?:error|errored|failed|failure|timeout|expired|cancell?ed)$/i.test(String(status(record)))
  );
}

/**
 * Logs of requests and responses in the shape of OpenAI's API (Chat Completions and Responses, also streamed, as gateways keep
 * them): a request with `model` and `messages`, a response with `choices` or `usage`, as fields of one record or one within the
 * other. Scores stand beside them, or come from a second file.
 */
export const openAiLogs: Preset = {
  name: 'openai',
  title: 'requests and responses of an OpenAI-style API',
  records: ['', 'data'],
  reads: {
    ...{
      query: 'request.messages',
      model: 'request.model, or what answered instead',
      score: 'what beside them is named like a score',
    },
    ...{ inputTokens: 'response.usage', outputTokens: 'response.usage', cost: 'cost', latency: 'latency', id: 'id' },
    ...{ time: 'created', task: 'task or metadata' },
  },
  ownScores: true,
  recognise: (record) =>
    requestOf(record) !== undefined &&
    (responseOf(record) !== undefined || (keepsResponses(record) && isFailed(record))),
  calls(record) {
    if (isFailed(record)) return { skipped: 'failed requests' };
    const request = requestOf(record) ?? record;
    const response = responseOf(record) ?? record;
    const other = unlessChat(kind(record) ?? kindOfResponse(response));
    if (other !== undefined) return other;
    return [
      {
        query: questionOf(request),
        ...answering(request['model'] ?? record['model'], response['model']),
        scores: scoresOf(record),
        flags: flagsIn(record),
        cost: measuredByRole(record, 'cost') ?? measuredByRole(response['usage'], 'cost'),
        latency: measuredByRole(record, 'latency'),
        ...tokensOf(usage(response)),
        id: id(record) ?? id(response),
        time: byRole(record, 'time') ?? response['created'] ?? response['created_at'],
        task: byRole(record, 'task') ?? byRole(unpacked(record['metadata']), 'task'),
      },
    ];
  },
  joins: [
    ['request_id', 'request_id'],
    ['custom_id', 'custom_id'],
    ['id', 'id'],
    ['id', 'request_id'],
    ['response.id', 'id'],
    ['response.id', 'request_id'],
  ],
  hints: {
    score: 'Give the file that holds them with --scores FILE --join COLUMN, or name their field with --score PATH.',
  },
};
