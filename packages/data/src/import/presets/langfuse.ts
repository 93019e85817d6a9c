import { isFields, unpacked, type Fields } from '../paths.js';
import { at, byRole, has, namedScores, type Preset } from './preset.js';
import { tokensOfDetails } from './usage.js';

const trace = /* @__PURE__ */ at('traceId', 'trace_id');
const model = /* @__PURE__ */ at('model', 'providedModelName', 'provided_model_name', 'internalModel');
const cost = /* @__PURE__ */ at(
  ...['totalCost', 'total_cost', 'calculatedTotalCost', 'costDetails.total', 'cost_details.total', 'totalPrice'],
);
const details = /* @__PURE__ */ at('usageDetails', 'usage_details');
const inputTokens = /* @__PURE__ */ at('usage.input', 'usage.promptTokens', 'promptTokens', 'inputUsage');
const outputTokens = /* @__PURE__ */ at('usage.output', 'usage.completionTokens', 'completionTokens', 'outputUsage');
const start = /* @__PURE__ */ at('startTime', 'start_time');
const end = /* @__PURE__ */ at('endTime', 'end_time');
const query = /* @__PURE__ */ at('input.messages', 'input.contents', 'input');

/** Scores of an observation in the same export: its own go before those of the whole trace. */
function scoresOf(record: Fields, outer: Fields): Fields {
  const own = unpacked(record['scores']);
  const all = unpacked(outer['scores']);
  const listed = Array.isArray(all) ? (all as unknown[]).filter(isFields) : [];
  const of = (id: unknown) =>
    listed.filter((score) => (score['observationId'] ?? score['observation_id'] ?? undefined) === id);
  return { ...namedScores(of(undefined)), ...namedScores(of(record['id'])), ...namedScores(own) };
}

/** A single question under a name of its own, where the input is neither text nor messages: the whole input is kept beside it. */
function queryOf(record: Fields): { query: unknown; whole?: unknown } {
  const given = unpacked(query(record));
  const named = isFields(given) ? byRole(given, 'query') : undefined;
  return named === undefined ? { query: given } : { query: named, whole: given };
}

/**
 * Observations of Langfuse: the table's export (JSON, JSON lines, CSV), the export to a bucket (`observations_v2/`, snake case), the API
 * (`data[]`), or a trace downloaded with its observations and scores (`observations[]`). Scores of other exports are a file
 * of their own, joined by `observationId` or `traceId`. Only generations are calls of a model.
 */
export const langfuse: Preset = {
  name: 'langfuse',
  title: 'observations of Langfuse',
  records: ['', 'data', 'observations'],
  reads: {
    ...{ query: 'input', model: 'model', id: 'id', time: 'startTime', latency: 'startTime to endTime' },
    ...{ cost: 'totalCost', inputTokens: 'usageDetails', outputTokens: 'usageDetails' },
    ...{ task: 'metadata', score: 'scores, or a second file' },
  },
  ownScores: true,
  recognise: (record) =>
    trace(record) !== undefined &&
    has(record, 'id', 'type') &&
    (has(record, 'startTime') || has(record, 'start_time')) &&
    /^[A-Z]+$/.test(String(record['type'])),
  calls(record, { outer }) {
    if (record['type'] !== 'GENERATION') return { skipped: 'observations that are not generations' };
    if (record['level'] === 'ERROR') return { skipped: 'failed calls' };
    const tokens = tokensOfDetails(details(record));
    return [
      {
        ...queryOf(record),
        model: model(record),
        id: record['id'],
        time: start(record),
        endTime: end(record),
        task: byRole(unpacked(record['metadata']), 'task'),
        cost: cost(record),
        inputTokens: tokens.inputTokens ?? inputTokens(record),
        outputTokens: tokens.outputTokens ?? outputTokens(record),
        scores: scoresOf(record, outer),
      },
    ];
  },
  joins: [
    ['id', 'observationId'],
    ['id', 'observation_id'],
    ['traceId', 'traceId'],
    ['trace_id', 'trace_id'],
    ['trace_id', 'traceId'],
    ['traceId', 'trace_id'],
  ],
  hints: { score: 'Scores of Langfuse are exported apart: give that file with --scores FILE.' },
};
