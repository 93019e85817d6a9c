import { at, has, type Preset } from './preset.js';

const score = /* @__PURE__ */ at('evaluation_result.score', 'accuracy');
const cost = /* @__PURE__ */ at('evaluation_result.inference_cost', 'cost');
const answer = /* @__PURE__ */ at('evaluation_result.ground_truth');
const index = /* @__PURE__ */ at('global_index', 'global index');
const success = /* @__PURE__ */ at('success', 'generated_result.success');
const query = /* @__PURE__ */ at('question', 'prompt');
const model = /* @__PURE__ */ at('llm_selected', 'prediction');
const inputTokens = /* @__PURE__ */ at('token_usage.input_tokens', 'generated_result.token_usage.input_tokens');
const outputTokens = /* @__PURE__ */ at('token_usage.output_tokens', 'generated_result.token_usage.output_tokens');

/**
 * RouterArena (arXiv 2510.00202): its cached results, a file per model (`cached_results/MODEL.jsonl`), or the evaluated
 * predictions of a router. The task is the part of `global_index` before its number.
 */
export const routerArena: Preset = {
  name: 'routerarena',
  title: 'results of RouterArena',
  records: [''],
  questionIds: true,
  reads: {
    ...{ query: 'question', model: 'llm_selected', score: 'evaluation_result.score', id: 'global_index' },
    ...{ cost: 'evaluation_result.inference_cost', task: 'global_index without its number' },
    ...{ inputTokens: 'token_usage', outputTokens: 'token_usage', answer: 'evaluation_result.ground_truth' },
  },
  recognise: (record) =>
    has(record, 'global_index', 'llm_selected') || has(record, 'global index', 'prediction', 'generated_result'),
  calls(record) {
    // A call that failed has a score of 0, which says nothing of the answer.
    if (/^false$/i.test(String(success(record)))) return { skipped: 'failed calls' };
    const id = index(record);
    const right = answer(record);
    return [
      {
        query: query(record),
        model: model(record),
        score: score(record),
        cost: cost(record),
        id,
        ...(typeof id === 'string' && /_\d+$/.test(id) && { task: id.replace(/_\d+$/, '') }),
        ...(typeof right === 'string' && { answer: right }),
        inputTokens: inputTokens(record),
        outputTokens: outputTokens(record),
      },
    ];
  },
};
