import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../disk/testing.js';
import { importOutcomes, type ImportOptions } from '../import.js';
import { isFields } from '../paths.js';
import { ROLES } from '../roles.js';
import { csv, jsonl, Workbench } from '../testing.js';
import { builtInPresets, recognise } from './index.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

/** Writes files below the folder `export`, and imports it. */
async function importFiles(files: Readonly<Record<string, string>>, options: ImportOptions = {}) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(bench.dir, 'export', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return importOutcomes(join(bench.dir, 'export'), bench.out, options);
}

const chat = (text: string) => [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: text },
];

interface Example {
  files: Record<string, string>;
  options?: ImportOptions;
  /** The first row that is written. */
  row: object;
  rows: number;
}

const lmEvalSample = (id: number, filter: string, score: number) => ({
  ...{ doc_id: id, doc: { question: `Sum ${id}?`, answer: '7' }, target: '7', filter, metrics: ['exact_match', 'f1'] },
  ...{ arguments: { gen_args_0: { arg_0: `Question: Sum ${id}?`, arg_1: {} } }, resps: [['7']], filtered_resps: ['7'] },
  ...{ exact_match: score, f1: 0.5 },
});
const promptfooResult = (model: string, success: boolean, more: object = {}) => ({
  ...{ promptIdx: 0, testIdx: 3, provider: { id: model, label: '' }, prompt: { raw: 'Answer: Why?', label: 'x' } },
  ...{ vars: { question: 'Why?', category: 'talk' }, success, score: Number(success), latencyMs: 250, cost: 0.01 },
  ...{ response: { output: 'x', tokenUsage: { total: 30, prompt: 20, completion: 10 } }, ...more },
});
const inspectLog = (model: string, grade: string) =>
  JSON.stringify({
    ...{ version: 2, status: 'success', eval: { model, task: 'quiz', created: '2025-06-01T10:00:00+00:00' } },
    samples: [
      {
        ...{
          id: 1,
          epoch: 1,
          input: chat('Who?'),
          target: 'me',
          scores: { match: { value: grade }, fuzzy: { value: 0.3 } },
        },
        ...{ model_usage: { [model]: { input_tokens: 5, output_tokens: 6, total_tokens: 11 } }, total_time: 1.5 },
      },
    ],
  });
const battle = {
  question_id: 'x',
  model_a: 'a',
  model_b: 'b',
  winner: 'model_b',
  conversation_a: chat('Say hi').slice(1),
};
const observation = (id: string, model: string, more: object = {}) => ({
  ...{ id, traceId: `t-${id}`, type: 'GENERATION', startTime: '2025-06-01T10:00:00.000Z' },
  ...{
    endTime: '2025-06-01T10:00:01.500Z',
    model,
    input: chat('Hello?'),
    usageDetails: { input: 4, output: 5, total: 9 },
  },
  ...{ costDetails: { total: 0.002 }, metadata: { task: 'greet' }, ...more },
});
const helicone = (id: string, model: string, scores: object) => ({
  ...{ request_id: id, request_created_at: '2025-06-01T10:00:00Z', request_model: model, response_status: 200 },
  ...{
    request_body: { model, messages: chat('Hi?') },
    delay_ms: 1200,
    costUSD: 0.0009,
    prompt_tokens: 4,
    completion_tokens: 5,
  },
  ...{ scores, request_properties: { Task: 'greet' } },
});
const spend = (id: string, model: string, more: object = {}) => ({
  ...{ request_id: id, call_type: 'acompletion', spend: 0.001, prompt_tokens: 4, completion_tokens: 5, model },
  ...{
    startTime: '2025-06-01T10:00:00.000Z',
    endTime: '2025-06-01T10:00:00.900Z',
    messages: chat('Hi?'),
    status: 'success',
  },
  ...{ metadata: { score: 0.5 }, cache_hit: 'False', ...more },
});
const gatewayLog = (model: string, rating: number) => ({
  ...{ id: `r-${model}`, timestamp: 1748772000, latency_ms: 800, rating },
  request: { model, messages: chat('Hi?'), temperature: 0 },
  response: { object: 'chat.completion', choices: [], usage: { prompt_tokens: 4, completion_tokens: 5 } },
});

/** One small export of each tool, in its shape; the contents are invented. */
const EXAMPLES: Record<string, Example> = {
  'lm-eval': {
    files: {
      'acme__big/samples_sums_2025-06-01T10-00-00.000000.jsonl': jsonl(
        ...[lmEvalSample(0, 'strict', 1), lmEvalSample(0, 'flexible', 0), lmEvalSample(1, 'strict', 0)],
      ),
      'tiny/samples_sums_2025-06-02T10-00-00.000000.jsonl': jsonl(lmEvalSample(0, 'strict', 0)),
      'tiny/results_2025-06-02T10-00-00.000000.json': JSON.stringify({
        results: { sums: { 'exact_match,strict': 0.5 } },
      }),
    },
    row: {
      id: '0',
      task: 'sums',
      query: 'Sum 0?',
      answer: '7',
      models: { 'acme/big': { score: 1 }, tiny: { score: 0 } },
    },
    rows: 2,
  },
  promptfoo: {
    files: {
      'results.json': JSON.stringify({
        evalId: 'eval-1',
        results: { version: 3, results: [promptfooResult('openai:a', true), promptfooResult('openai:b', false)] },
        config: {},
      }),
    },
    row: {
      ...{ id: '3', task: 'talk', query: 'Why?' },
      models: {
        'openai:a': { score: 1, cost: 0.01, inputTokens: 20, outputTokens: 10, latency: 0.25 },
        'openai:b': { score: 0, cost: 0.01, inputTokens: 20, outputTokens: 10, latency: 0.25 },
      },
    },
    rows: 1,
  },
  inspect: {
    files: { 'a.json': inspectLog('a', 'P'), 'b.json': inspectLog('b', 'I') },
    row: {
      ...{ id: '1', task: 'quiz', time: '2025-06-01T10:00:00Z', query: 'Who?', answer: 'me' },
      models: {
        a: { score: 0.5, inputTokens: 5, outputTokens: 6, latency: 1.5 },
        b: { score: 0, inputTokens: 5, outputTokens: 6, latency: 1.5 },
      },
    },
    rows: 1,
  },
  llmrouterbench: {
    files: Object.fromEntries(
      ['a', 'b'].map((model, i) => [
        `bench/sums/test/${model}/1.json`,
        JSON.stringify({
          ...{ performance: 1, model_name: model, dataset_name: 'sums', split: 'test' },
          records: [
            {
              ...{ index: 1, origin_query: '1+1?', prompt: 'Q: 1+1?', prediction: '2', ground_truth: '2', score: i },
              ...{ prompt_tokens: 4, completion_tokens: 5, cost: 0.003 },
            },
          ],
        }),
      ]),
    ),
    row: {
      ...{ id: '1', task: 'sums', query: '1+1?', answer: '2' },
      models: {
        a: { score: 0, cost: 0.003, inputTokens: 4, outputTokens: 5 },
        b: { score: 1, cost: 0.003, inputTokens: 4, outputTokens: 5 },
      },
    },
    rows: 1,
  },
  routerarena: {
    files: Object.fromEntries(
      ['a', 'b'].map((model, i) => [
        `${model}.jsonl`,
        jsonl({
          ...{ global_index: 'geo_7', question: 'Where?', llm_selected: model, generated_answer: 'x', success: true },
          token_usage: { input_tokens: 4, output_tokens: 5, total_tokens: 9 },
          evaluation_result: {
            extracted_answer: 'x',
            ground_truth: 'y',
            score: i,
            metric: 'mcq',
            inference_cost: 0.01,
          },
        }),
      ]),
    ),
    row: {
      ...{ id: 'geo_7', task: 'geo', query: 'Where?', answer: 'y' },
      models: {
        a: { score: 0, cost: 0.01, inputTokens: 4, outputTokens: 5 },
        b: { score: 1, cost: 0.01, inputTokens: 4, outputTokens: 5 },
      },
    },
    rows: 1,
  },
  twinrouterbench: {
    files: {
      'question_bank.jsonl': jsonl(
        ...[2, 0].map((tier, step) => ({
          ...{
            id: `repo-1.${step}`,
            benchmark: 'swebench',
            instance_id: 'repo-1',
            step_index: step + 1,
            total_steps: 2,
          },
          ...{ target_tier: ['low', 'mid', 'mid_high', 'high'][tier], target_tier_id: tier },
          messages: [...chat('Fix it.'), ...(step > 0 ? [{ role: 'assistant', content: 'Reading.' }] : [])],
        })),
      ),
    },
    row: {
      ...{ id: 'repo-1.0', task: 'swebench', query: 'system: Be brief.\nuser: Fix it.' },
      // `Be brief.` and `Fix it.` have 9 and 7 bytes, so 3 and 2 tokens; messages count 4 more and a prompt 2: 15. `Reading.` is 2 + 4.
      trajectoryStep: { trajectory: 'repo-1', index: 1, sharedTokens: 0 },
      models: {
        low: { score: 0, cost: (15 * 0.26 + 6 * 0.5) / 1e6, inputTokens: 15, outputTokens: 6 },
        mid: { score: 0, cost: (15 * 0.3 + 6 * 2) / 1e6, inputTokens: 15, outputTokens: 6 },
        mid_high: { score: 1, cost: (15 * 0.5 + 6 * 5) / 1e6, inputTokens: 15, outputTokens: 6 },
        high: { score: 1, cost: (15 * 5 + 6 * 25) / 1e6, inputTokens: 15, outputTokens: 6 },
      },
    },
    rows: 2,
  },
  llmrouter: {
    files: {
      'default_routing_train_data.jsonl': jsonl(
        ...['a', 'b'].map((model, i) => ({
          ...{
            task_name: 'gsm8k',
            query: '1+1?',
            ground_truth: '2',
            metric: 'GSM8K',
            model_name: model,
            response: 'r',
          },
          ...{ token_num: 9, input_tokens: 4, output_tokens: 5, response_time: 1.5, performance: i, embedding_id: 3 },
        })),
      ),
    },
    row: {
      ...{ id: 'q1', task: 'gsm8k', query: '1+1?', answer: '2' },
      models: {
        a: { score: 0, inputTokens: 4, outputTokens: 5, tokens: 9, latency: 1.5 },
        b: { score: 1, inputTokens: 4, outputTokens: 5, tokens: 9, latency: 1.5 },
      },
    },
    rows: 1,
  },
  routerbench: {
    files: {
      'routerbench.csv': csv(
        'sample_id,prompt,eval_name,a,m/b,a|model_response,a|total_cost,m/b|total_cost,oracle_model_to_route_to',
        `mmlu.1,"['Is it?']",mmlu,1.0,0.0,B,0.01,0.001,a`,
      ),
    },
    row: {
      id: 'mmlu.1',
      task: 'mmlu',
      query: 'Is it?',
      models: { a: { score: 1, cost: 0.01 }, 'm/b': { score: 0, cost: 0.001 } },
    },
    rows: 1,
  },
  helicone: {
    files: { 'requests.jsonl': jsonl(helicone('1', 'a', { correct: 40 }), helicone('2', 'b', { correct: 100 })) },
    row: {
      ...{ id: '1', task: 'greet', time: '2025-06-01T10:00:00Z', query: 'Hi?' },
      models: {
        a: { score: 0.4, cost: 0.0009, inputTokens: 4, outputTokens: 5, latency: 1.2 },
        b: { score: 1, cost: 0.0009, inputTokens: 4, outputTokens: 5, latency: 1.2 },
      },
    },
    rows: 1,
  },
  langfuse: {
    files: {
      'trace.json': JSON.stringify({
        id: 't',
        name: 'chat',
        observations: [
          { id: 's', traceId: 't', type: 'SPAN', startTime: '2025-06-01T10:00:00.000Z', input: null },
          observation('1', 'a'),
          observation('2', 'b'),
        ],
        scores: [
          { id: 'x', traceId: 't', observationId: '1', name: 'ok', value: 1, dataType: 'BOOLEAN', stringValue: 'True' },
          {
            id: 'y',
            traceId: 't',
            observationId: '2',
            name: 'ok',
            value: 0,
            dataType: 'BOOLEAN',
            stringValue: 'False',
          },
        ],
      }),
    },
    row: {
      ...{ id: '1', task: 'greet', time: '2025-06-01T10:00:00Z', query: 'Hello?' },
      models: {
        a: { score: 1, cost: 0.002, inputTokens: 4, outputTokens: 5, latency: 1.5 },
        b: { score: 0, cost: 0.002, inputTokens: 4, outputTokens: 5, latency: 1.5 },
      },
    },
    rows: 1,
  },
  litellm: {
    files: {
      'spend.jsonl': jsonl(
        spend('1', 'a'),
        spend('2', 'b', { cache_hit: 'True' }),
        spend('3', 'a', { status: 'failure' }),
      ),
    },
    row: {
      ...{ id: '1', time: '2025-06-01T10:00:00Z', query: 'Hi?' },
      models: {
        a: { score: 0.5, cost: 0.001, inputTokens: 4, outputTokens: 5, latency: 0.9 },
        b: { score: 0.5, inputTokens: 4, outputTokens: 5 },
      },
    },
    rows: 1,
  },
  evalplus: {
    files: Object.fromEntries(
      [
        ['acme--big_vllm_temp_0.0.eval_results.json', 'pass', 'fail'],
        ['tiny_temp_0.0_eval_results.json', 'pass', 'pass'],
      ].map(([name, base, plus]) => [
        name!,
        JSON.stringify({
          ...{ date: '2025-06-01', hash: 'x' },
          eval: { 'HumanEval/0': [{ task_id: 'HumanEval/0', solution: 'x', base_status: base, plus_status: plus }] },
        }),
      ]),
    ),
    // Without the file of problems, whatever else names them will do.
    options: { columns: { query: 'task_id' } },
    row: {
      id: 'HumanEval/0',
      task: 'HumanEval',
      query: 'HumanEval/0',
      models: { 'acme/big': { score: 0 }, tiny: { score: 1 } },
    },
    rows: 1,
  },
  battles: {
    files: {
      'battles.json': JSON.stringify([
        battle,
        { ...battle, question_id: 'y', winner: 'tie (bothbad)', conversation_a: chat('And?') },
      ]),
    },
    row: { id: 'x', query: 'Say hi', models: { a: { score: 0 }, b: { score: 1 } } },
    rows: 2,
  },
  outcomes: {
    files: {
      'outcomes.jsonl': jsonl({
        ...{ id: 'x', task: 't', query: 'Hi?', reference: 'yes', split: 'test' },
        models: { a: { score: 1, costs: 0.1, latency_ms: 500, propensity: 0.5, source: 'user' }, b: { score: null } },
      }),
    },
    row: {
      ...{ id: 'x', task: 't', split: 'test', query: 'Hi?', answer: 'yes' },
      models: { a: { score: 1, cost: 0.1, latency: 0.5, propensity: 0.5, source: 'user' }, b: { score: null } },
    },
    rows: 1,
  },
  openai: {
    files: { 'log.jsonl': jsonl(gatewayLog('a', 1), gatewayLog('b', 0)) },
    row: {
      ...{ id: 'r-a', time: '2025-06-01T10:00:00Z', query: 'Hi?' },
      models: {
        a: { score: 1, inputTokens: 4, outputTokens: 5, latency: 0.8 },
        b: { score: 0, inputTokens: 4, outputTokens: 5, latency: 0.8 },
      },
    },
    rows: 1,
  },
};

const batchLine = (id: string, more: object = {}) => ({
  ...{ id: `batch_req_${id}`, custom_id: id, error: null },
  response: {
    status_code: 200,
    body: {
      object: 'chat.completion',
      created: 1748772000,
      model: 'a-2024-08-06',
      choices: [],
      usage: { prompt_tokens: 4 },
    },
  },
  ...more,
});
EXAMPLES['openai-batch'] = {
  files: { 'output.jsonl': jsonl(batchLine('1')) },
  // Without the file that the batch was made of, whatever else names the prompts and scores will do.
  options: { columns: { query: 'custom_id', score: 'response.body.usage.prompt_tokens' }, scale: '0-4' },
  row: {
    ...{ id: '1', time: '2025-06-01T10:00:00Z', query: '1' },
    models: { 'a-2024-08-06': { score: 1, inputTokens: 4 } },
  },
  rows: 1,
};

const decision = (id: string, more: object = {}) => ({
  type: 'decision',
  record: {
    ...{ version: 1, id, at: Date.parse('2025-06-01T10:00:00Z'), tenant: 't', wire: 'chat', route: 'default' },
    ...{ router: { strategy: 'knn', encoder: null }, requirements: {}, text: `Question ${id}?`, reasons: [] },
    ...{ ranked: [{ model: 'a', score: 1 }], model: 'a', propensity: 0.7, served: 'a', status: 200 },
    attempts: [
      { endpoint: 'b1', candidate: 'b', fault: 'server', totalMs: 50, cost: 9 },
      {
        ...{ endpoint: 'a1', candidate: 'a', totalMs: 1500, cost: 0.25 },
        usage: { uncachedInput: 10, cacheRead: 5, cacheWrite: 1, output: 7 },
      },
    ],
    ...more,
  },
});
const said = (about: string, score: number, source = 'user') => ({
  type: 'feedback',
  said: { id: `${about} ${source} ${score}`, decision: about, tenant: 't', score, source },
});
EXAMPLES['gateway'] = {
  files: {
    'journal.jsonl': jsonl(
      { type: 'reserved', id: 'r', scope: 'key t', per: 'day', window: '2025-06-01', units: 5 },
      decision('1'),
      said('2', 0),
      decision('2', { served: 'b', attempts: [{ endpoint: 'b1', candidate: 'b', totalMs: 500 }] }),
      { type: 'settled', id: 'r', units: 4 },
      said('1', 1),
      decision('3', { router: null, route: null }),
      said('3', 1),
      decision('4', { served: null }),
      decision('5'),
      said('5', 1),
      said('5', 0.5),
      said('5', 0, 'check'),
    ),
  },
  row: {
    ...{ id: '1', time: '2025-06-01T10:00:00Z', query: 'Question 1?' },
    models: {
      a: {
        ...{ score: 1, cost: 0.25, inputTokens: 16, outputTokens: 7, latency: 1.5, propensity: 0.7, source: 'user' },
      },
    },
  },
  rows: 4,
};

describe.each(builtInPresets.map((preset) => [preset.name, preset] as const))('the preset %s', (name, preset) => {
  const example = EXAMPLES[name]!;

  it('reads what its tool exports, recognised by its shape', async () => {
    const result = await importFiles(example.files, example.options);
    expect([result.preset, result.rows]).toEqual([name, example.rows]);
    expect(bench.rows()[0]).toEqual(example.row);
    expect(result.warnings.join('\n')).toContain(`Read as ${preset.title}`);
  });

  it('is the only one that knows its shape', () => {
    const [path, text] = Object.entries(example.files)[0]!;
    const sample = path.endsWith('.csv')
      ? [
          Object.fromEntries(
            text
              .split('\n')[0]!
              .split(',')
              .map((column) => [column, 'x']),
          ),
        ]
      : path.endsWith('.json')
        ? [JSON.parse(text) as unknown]
        : text.split('\n').map((line) => JSON.parse(line) as unknown);
    const others = builtInPresets.filter((one) => one !== preset);
    expect([recognise(sample, `x/${path}`)?.preset.name, recognise(sample, `x/${path}`, others)?.preset.name]).toEqual([
      name,
      undefined,
    ]);
  });

  it('says what it reads, under names that are roles', () => {
    expect(preset.title).not.toBe('');
    expect(Object.keys(preset.reads).filter((role) => !ROLES.some((known) => known === role))).toEqual([]);
    expect(Object.keys(preset.reads)).toEqual(expect.arrayContaining(['query', 'model', 'score']));
  });

  it('takes records apart without failing, whatever they hold', () => {
    for (const value of [{}, { request: 1, response: [] }, { scores: 'x', doc: 3, vars: null, eval: {} }])
      for (const outer of [{}, { eval: 1, scores: {}, observations: null }])
        if (isFields(value)) {
          expect(typeof preset.recognise(value, { path: 'a.json', outer })).toBe('boolean');
          preset.calls(value, { path: 'a.json', outer });
        }
  });
});

describe('scores of presets', () => {
  it('keep words, letters and booleans beside percentages', async () => {
    const log = (task: string, value: unknown) =>
      JSON.stringify({
        eval: { model: 'a', task },
        samples: [{ id: 1, input: `${task}?`, scores: { x: { value } } }],
      });
    await importFiles({ 'a.json': log('letters', 'C'), 'b.json': log('numbers', 70), 'c.json': log('parts', 'P') });
    expect(bench.rows().map(({ models }) => models)).toEqual([
      { a: { score: 1 } },
      { a: { score: 0.7 } },
      { a: { score: 0.5 } },
    ]);
    bench.next();
    await importFiles({
      'requests.jsonl': jsonl(
        helicone('1', 'a', { correct: { value: 70, valueType: 'integer' } }),
        helicone('2', 'b', { correct: { value: 1, valueType: 'boolean' } }),
      ),
    });
    expect(bench.rows()[0]!.models).toMatchObject({ a: { score: 0.7 }, b: { score: 1 } });
  });
});

describe('the question bank of TwinRouterBench', () => {
  const step = (id: string, tier: unknown) => ({
    ...{ id, benchmark: 'mtrag', target_tier: 'mid', target_tier_id: tier, messages: chat(`Question ${id}?`) },
  });

  it('leaves out steps of unknown tiers, and says what its scores and costs are', async () => {
    const { warnings } = await importFiles({
      'question_bank.jsonl': jsonl(step('1', 1), step('2', 3), step('3', 7), step('4', null)),
    });
    expect(bench.rows().map(({ models }) => models)).toMatchObject([
      { low: { score: 0 }, mid: { score: 1 }, mid_high: { score: 1 }, high: { score: 1 } },
      { low: { score: 0 }, mid: { score: 0 }, mid_high: { score: 0 }, high: { score: 1 } },
    ]);
    const said = warnings.join('\n');
    expect(said).toMatch(/2 .*target_tier_id is not one of 0 to 3/);
    expect(said).toMatch(/tokens are estimated from texts.*8 calls/);
    expect(said).toMatch(/a lower tier may not have been tried: 8 calls/);
  });
});

describe('trajectories of TwinRouterBench', () => {
  const step = (id: string, index: number, messages: object[], more: object = {}) => ({
    ...{ id, instance_id: 'one', step_index: index, benchmark: 'swebench', target_tier: 'mid', target_tier_id: 1 },
    ...{ messages, ...more },
  });
  const parts = (text: string) => [{ type: 'text', text, cache_control: { type: 'ephemeral' } }];
  const call = { role: 'assistant', content: null, tool_calls: [{ function: { name: 'read', arguments: '{"f":1}' } }] };
  const asked = { role: 'user', content: 'Do it now please' };
  const told = { role: 'tool', content: 'A file of text.' };
  const rows = () => bench.rows() as unknown as { trajectoryStep: object; models: { low: object } }[];
  const told0 = (q: number) => ({ ...rows()[q]!.trajectoryStep, ...rows()[q]!.models.low });

  it('count prompts, what they share with the step before, and answers by the step after', async () => {
    await importFiles({
      'question_bank.jsonl': jsonl(
        // Out of order, and the same message once as parts: a cache sees no difference.
        step('c', 5, [asked, { role: 'user', content: 'Something else' }]),
        step('b', 2, [{ ...asked, content: parts('Do it now please') }, call, told]),
        step('a', 1, [asked]),
        step('x', 3, [{ role: 'user', content: '?' }], { target_tier_id: null }),
      ),
    });
    // 4 + 4 and 2; the answer is a line without text and `read`, `{"f":1}`: 13 bytes, 4 tokens, and 4.
    expect(told0(2)).toMatchObject({ trajectory: 'one', index: 1, sharedTokens: 0, inputTokens: 10, outputTokens: 8 });
    // 10 + 8 + (4 + 4); the next step has no answer beyond it.
    expect(told0(1)).toMatchObject({ index: 2, sharedTokens: 10, inputTokens: 26, outputTokens: 0 });
    // It does not begin as the step before; its answer counts as the mean of those that are known.
    expect(told0(0)).toMatchObject({ index: 5, sharedTokens: 0, inputTokens: 18, outputTokens: 8 });
  });

  it('have their prices from the benchmark, unless there are cards', async () => {
    const bank = { 'question_bank.jsonl': jsonl(step('a', 1, [asked])) };
    const { warnings } = await importFiles(bank);
    const cards = join(bench.out, 'models.json');
    const { high } = JSON.parse(readFileSync(cards, 'utf8')) as Record<string, object>;
    expect(high).toMatchObject({ input_price: 5, output_price: 25, cached_input_price: 0.5, cache_write_price: 6.25 });
    expect(warnings.join('\n')).toMatch(/models.json: cards of low, mid, mid_high, high, with prices, were written/);
    writeFileSync(cards, '{}');
    const again = await importFiles(bank, { replace: true });
    expect(readFileSync(cards, 'utf8')).toBe('{}');
    expect(again.warnings.join('\n')).toMatch(/models.json of the earlier dataset was kept/);
  });
});

const queries = () => bench.rows().map(({ query }) => query);
const TOLD_APART = expect.stringMatching(
  /^1 text stands for several questions of one model: the query of \d calls/,
) as string;

describe('questions of one text', () => {
  const prompted = (id: number, requests: readonly object[], doc: object) => ({
    ...{ doc_id: id, doc, arguments: Object.fromEntries(requests.map((one, i) => [`gen_args_${i}`, one])) },
    ...{ resps: [], metrics: ['acc'], acc: id % 2 },
  });
  const request = (testIdx: number, language: string, more: object = {}) =>
    promptfooResult('openai:a', true, {
      ...{ testIdx, vars: { language, input: 'Hello' }, prompt: { raw: `To ${language}: Hello`, label: '{{input}}' } },
      ...more,
    });
  const results = (...list: object[]) => JSON.stringify({ results: { version: 3, results: list } });

  it('are told apart by all that was asked, of every model', async () => {
    const docs = [0, 1].map((id) =>
      prompted(id, [{ arg_0: `In ${id}. When?`, arg_1: {} }], { context: `In ${id}.`, question: 'When?' }),
    );
    const { warnings } = await importFiles({
      'a/samples_squad.jsonl': jsonl(...docs),
      'b/samples_squad.jsonl': jsonl(docs[1]!),
    });
    expect(queries()).toEqual(['In 0. When?', 'In 1. When?']);
    expect(Object.keys(bench.rows()[1]!.models)).toEqual(['a', 'b']);
    expect(warnings).toContainEqual(TOLD_APART);
  });

  it('have their choices, where each choice was a request', async () => {
    const asked = (id: number) =>
      prompted(
        id,
        ['x', 'y'].map((choice) => ({ arg_0: 'It is', arg_1: ` ${choice}${id}` })),
        { question: 'cause' },
      );
    await importFiles({ 'a/samples_copa.jsonl': jsonl(asked(0), asked(1)) });
    expect(queries()).toEqual(['It is\nA. x0\nB. y0', 'It is\nA. x1\nB. y1']);
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'variables of promptfoo',
      { 'r.json': results(request(0, 'French'), request(1, 'Spanish')) },
      ['To French: Hello', 'To Spanish: Hello'],
    ],
    [
      'messages of promptfoo',
      {
        'r.json': results(
          ...['French', 'Spanish'].map((language, i) =>
            request(i, language, {
              prompt: {
                raw: JSON.stringify([
                  { role: 'system', content: language },
                  { role: 'user', content: 'Hello' },
                ]),
              },
            }),
          ),
        ),
      },
      ['French\n\nHello', 'Spanish\n\nHello'],
    ],
    [
      'choices of Inspect',
      {
        'a.json': JSON.stringify({
          eval: { model: 'a', task: 't' },
          samples: [1, 2].map((id) => ({
            id,
            input: chat('Which?'),
            choices: [`x${id}`],
            scores: { m: { value: 'C' } },
          })),
        }),
      },
      ['Which?\nA. x1', 'Which?\nA. x2'],
    ],
    [
      'choices of LLMRouter',
      {
        'a.jsonl': jsonl(
          ...["{'text': ['x']}", 'array(y)'].map((choices) => ({
            task_name: 't',
            query: 'Which?',
            choices,
            model_name: 'a',
            performance: 1,
          })),
        ),
      },
      ['Which?\nA. x', 'Which?\narray(y)'],
    ],
    [
      'inputs of Langfuse',
      {
        'o.jsonl': jsonl(
          ...['x', 'y'].map((context) =>
            observation(context, 'a', { input: { question: 'Why?', context }, scores: { ok: 1 } }),
          ),
        ),
      },
      ['{"question":"Why?","context":"x"}', '{"question":"Why?","context":"y"}'],
    ],
  ])('are told apart by %s', async (_, files, expected) => {
    const { warnings } = await importFiles(files);
    expect(queries()).toEqual(expected);
    expect(warnings).toContainEqual(TOLD_APART);
  });

  it('stay one where all that was asked is the same, or the id is, or a query was named', async () => {
    const again = await importFiles({ 'r.json': results(request(0, 'French'), request(1, 'French')) });
    expect(queries()).toEqual(['Hello']);
    expect(again.warnings.join()).toMatch(
      /2 calls of 1 query .* ids differ, 1 of them with another call of the same model; .*--query PATH/,
    );
    await importFiles({ 'r.json': results(request(0, 'French'), request(0, 'Spanish')) }, { replace: true });
    expect(queries()).toEqual(['Hello']);
    await importFiles(
      { 'r.json': results(request(0, 'French'), request(1, 'Spanish')) },
      { replace: true, columns: { query: 'vars.input' } },
    );
    expect(queries()).toEqual(['Hello']);
  });

  it('find the rows that they became when more is added', async () => {
    await importFiles({ 'r.json': results(request(0, 'French'), request(1, 'Spanish')) });
    const other = { provider: { id: 'openai:b' } };
    await importFiles({ 'r.json': results(request(1, 'Spanish', other)) }, { append: true });
    expect(bench.rows().map(({ models }) => Object.keys(models))).toEqual([['openai:a'], ['openai:b', 'openai:a']]);
  });
});

describe('systems under one name', () => {
  const results = (...list: object[]) => JSON.stringify({ results: { version: 3, results: list } });

  it('are models by their labels, where the tool has some', async () => {
    const labelled = (label: string, success: boolean) =>
      promptfooResult('openai:a', success, { provider: { id: 'openai:a', label } });
    const files = { 'r.json': results(labelled('high', true), labelled('low', false)) };
    const { warnings, models } = await importFiles(files);
    expect(models).toEqual(['high', 'low']);
    expect(bench.rows()[0]!.models).toMatchObject({ high: { score: 1 }, low: { score: 0 } });
    expect(warnings[1]).toBe(
      'openai:a stands for 2 models, which go by their labels: high, low (--model provider.id puts them together).',
    );
    const together = await importFiles(files, { replace: true, columns: { model: 'provider.id' } });
    expect(together.models).toEqual(['openai:a']);
    expect(together.warnings[1]).toMatch(/averaged: openai:a \(provider high: 1, low: 1\)/);
  });

  it('are averaged, and named with their numbers: prompts, of which one can be taken', async () => {
    const worded = (label: string, success: boolean) =>
      promptfooResult('openai:a', success, { prompt: { raw: `${label} Why?`, label } });
    const files = { 'r.json': results(worded('cot', true), worded('plain', false)) };
    const { warnings } = await importFiles(files);
    expect(bench.rows()[0]!.models).toMatchObject({ 'openai:a': { score: 0.5 } });
    expect(warnings[1]).toBe(
      'Outcomes of one model that was run in several ways are averaged: openai:a (prompt cot: 1, plain: 1); --variant NAME takes one of them, --model prompt.label names them apart.',
    );
    const one = await importFiles(files, { replace: true, variant: 'cot' });
    expect(bench.rows()[0]!.models).toMatchObject({ 'openai:a': { score: 1 } });
    expect(one.warnings[1]).toMatch(/\(prompt\): cot is imported, plain \(1\) left out/);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'solvers of Inspect',
      Object.fromEntries(
        ['cot', 'plain'].map((solver, i) => [
          `${solver}.json`,
          JSON.stringify({
            eval: { model: 'a', task: 't', solver, created: `2025-06-0${i + 1}T10:00:00Z` },
            samples: [{ id: 1, input: 'Why?', scores: { m: { value: 'C' } } }],
          }),
        ]),
      ),
      /: a \(solver cot: 1, plain: 1\); --variant/,
    ],
    [
      'runs of lm-eval',
      Object.fromEntries(
        ['2025-06-01T10-00-00.0', '2025-07-01T10-00-00.0'].map((date) => [
          `a/samples_sums_${date}.jsonl`,
          jsonl(lmEvalSample(0, 'strict', 1)),
        ]),
      ),
      /: a \(date 2025-06-01T10-00-00\.0: 1, 2025-07-01T10-00-00\.0: 1\); import the files of one alone/,
    ],
    [
      'files of LLMRouterBench',
      Object.fromEntries(
        [1, 2].map((run) => [
          `${run}.json`,
          JSON.stringify({
            model_name: 'a',
            dataset_name: 't',
            records: [{ index: 1, origin_query: 'Why?', score: 1 }],
          }),
        ]),
      ),
      /: a \(file \S+1\.json: 1, \S+2\.json: 1\); import the files of one alone/,
    ],
  ])('are averaged, and named with their numbers: %s', async (_, files, said) => {
    expect((await importFiles(files)).warnings.join('\n')).toMatch(said);
  });

  it('are one where a model has repeats in one run, or a run per task', async () => {
    const { warnings } = await importFiles({
      'a/samples_sums_2025-06-01T10-00-00.0.jsonl': jsonl(lmEvalSample(0, 'strict', 1), lmEvalSample(0, 'strict', 0)),
      'a/samples_dates_2025-07-01T10-00-00.0.jsonl': jsonl(lmEvalSample(0, 'strict', 1)),
    });
    expect(warnings.join()).not.toContain('several ways');
  });
});

describe('what else tools write', () => {
  it('calls of RouterArena that failed are left out, with their number', async () => {
    const result = (i: number, success: boolean) => ({
      ...{ global_index: `geo_${i}`, question: `Where ${i}?`, llm_selected: 'a', success },
      evaluation_result: { score: Number(success), inference_cost: 0 },
    });
    const { warnings } = await importFiles({ 'a.jsonl': jsonl(result(1, true), result(2, false)) });
    expect(queries()).toEqual(['Where 1?']);
    expect(warnings).toContain('Left out: 1 failed calls.');
  });

  it('an indented list under the name of JSON lines, with model and task in its name, as lm-eval did until 0.4.2', async () => {
    const samples = [0, 1].map((i) => ({
      ...{ doc_id: i, doc: { question: `Sum ${i}?` }, arguments: [[`Q: Sum ${i}?`, { until: [] }]], resps: [] },
      exact_match: i,
    }));
    const files = Object.fromEntries(
      ['acme__big', 'tiny'].map((model) => [
        `out/pretrained=${model},dtype=float_gsm8k_cot.jsonl`,
        JSON.stringify(samples, null, 2),
      ]),
    );
    const { models, tasks } = await importFiles(files);
    expect([queries(), models, tasks]).toEqual([['Sum 0?', 'Sum 1?'], ['acme/big', 'tiny'], ['gsm8k_cot']]);
    bench.next();
    const unclear = await failureOf(() => importFiles({ 'out/pretrained=big_gsm8k.jsonl': JSON.stringify(samples) }));
    expect(unclear.hint).toContain('--model-from');
  });

  it('perplexity before accuracy: the accuracy is read, and perplexity alone is no score', async () => {
    const lambada = (metrics: object) =>
      jsonl({ doc_id: 0, doc: { text: 'Once' }, resps: [], metrics: Object.keys(metrics), ...metrics });
    const { warnings } = await importFiles({ 'a/samples_lambada.jsonl': lambada({ perplexity: -3.2, acc: 1 }) });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 1 } });
    expect(warnings[1]).toMatch(/acc is read, perplexity not/);
    bench.next();
    const alone = await failureOf(() => importFiles({ 'a/samples_lambada.jsonl': lambada({ perplexity: -3.2 }) }));
    expect([alone.message, alone.hint]).toEqual([
      expect.stringMatching(/no score at all/),
      expect.stringMatching(/^Perplex/),
    ]);
  });

  it('NaN as a score of lm-eval, which leaves the metric what it is', async () => {
    const line = (id: number, acc: string) =>
      `{"doc_id": ${id}, "doc": {"question": "${id}?"}, "resps": [[-Infinity]], "metrics": ["acc", "f1"], "acc": ${acc}, "f1": 0.5}`;
    const { warnings } = await importFiles({ 'a/samples_t.jsonl': [line(0, 'NaN'), line(1, '1.0')].join('\n') });
    expect(bench.rows().map(({ models }) => models['a'])).toEqual([{ score: null }, { score: 1 }]);
    expect(warnings).toContain('NaN or Infinity in place of a value counts as none: score (1).');
  });

  it.each<[string, string]>([
    ['r.csv', csv('question,"[openai:a] Say {{question}}","[b] Say {{question}}"', 'Why?,[PASS] x,[FAIL] y')],
    ['r.csv', csv('q,[a] Say,Status,Score,[b] Say,Status,Score', 'Why?,x,PASS,1,y,FAIL,0')],
    ['r.json', JSON.stringify({ table: { head: { prompts: [{}], vars: ['q'] }, body: [{ outputs: [] }] } })],
  ])('tables of promptfoo are refused, saying what to export: %s %#', async (name, text) => {
    const error = await failureOf(() => importFiles({ [name]: text }));
    expect(error.message).toMatch(/is a table of promptfoo/);
    expect(error.hint).toMatch(/-o results\.json.*--output results\.jsonl/);
  });
});

it('tokens are those of the model under test, and the others are counted', async () => {
  const log = JSON.parse(inspectLog('a', 'C')) as { samples: { model_usage: object }[] };
  const usage = (input: number) => ({ input_tokens: input, output_tokens: 2, total_tokens: input + 2 });
  log.samples[0]!.model_usage = { a: usage(100), grader: usage(5000) };
  const { warnings } = await importFiles({ 'a.json': JSON.stringify(log) });
  expect(bench.rows()[0]!.models).toEqual({ a: { score: 1, inputTokens: 100, outputTokens: 2, latency: 1.5 } });
  expect(warnings).toContain('Tokens of other models than the one under test, such as graders, are left out: 1 call.');
});

describe('what LiteLLM kept', () => {
  const body = { model: 'a', messages: chat('Kept?') };

  it.each<[unknown, unknown]>(
    [{}, [], '', '{}', '[]', null, 'null'].flatMap((empty) => [
      [empty, body],
      [empty, JSON.stringify(body)],
      [empty, { body }],
    ]),
  )('is read in the next place where the first is empty: %j, %j', async (messages, proxy_server_request) => {
    await importFiles({ 'spend.jsonl': jsonl(spend('1', 'a', { messages, proxy_server_request })) });
    expect(bench.rows().map(({ query }) => query)).toEqual(['Kept?']);
  });

  it('is chats: other calls are left out and counted', async () => {
    const embedding = { call_type: 'aembedding', messages: {} };
    const { warnings } = await importFiles({
      'spend.jsonl': jsonl(spend('1', 'a'), spend('2', 'e', embedding), spend('3', 'e', embedding)),
    });
    expect(warnings).toContain('Left out: 2 calls that are not chats (aembedding).');
    expect(bench.rows()[0]!.models).toHaveProperty('a');
  });
});

it('embeddings in a log of an OpenAI-style API are left out and counted', async () => {
  const embedding = {
    request: { model: 'e', input: 'Hi?' },
    response: { object: 'list', data: [{ object: 'embedding', embedding: [0] }], usage: { prompt_tokens: 2 } },
  };
  const { warnings, models } = await importFiles({ 'log.jsonl': jsonl(gatewayLog('a', 1), embedding) });
  expect([models, warnings]).toEqual([
    ['a'],
    expect.arrayContaining(['Left out: 1 calls that are not chats (embedding).']),
  ]);
});

it('embeddings that the gateway decided on are left out and counted', async () => {
  const journal = jsonl(decision('1'), said('1', 1), decision('2', { wire: 'embeddings' }), said('2', 1));
  const { warnings, rows } = await importFiles({ 'journal.jsonl': journal });
  expect(rows).toBe(1);
  expect(warnings).toContain('Left out: 1 calls that are not chats (embeddings).');
});

describe('a decision of the gateway that was judged several times', () => {
  const say = (about: string, id: string, score: number | undefined, source = 'user', name = 'quality') => ({
    type: 'feedback',
    said: { id, decision: about, tenant: 't', name, source, at: 1, ...(score !== undefined && { score }) },
  });
  const { record: shown } = decision('shown');
  const journal = jsonl(
    ...['mind', 'both', 'back', 'again', 'once', 'tone'].map((id) => decision(id)),
    { ...shown, feedback: [say('shown', 'a', 0).said, say('shown', 'b', 1).said] },
    ...[say('mind', 'a', 0), say('mind', 'b', 1)],
    ...[say('both', 'a', 1), say('both', 'b', 0, 'verifier')],
    ...[say('back', 'a', 1), say('back', 'b', undefined)],
    ...[say('again', 'a', 1), say('again', 'a', 0)],
    ...[say('once', 'a', 0.25), say('once', 'b', 0.5, 'verifier', 'tone')],
    say('tone', 'b', 0.75, 'verifier', 'tone'),
  );
  const scores = () =>
    Object.fromEntries(
      bench.rows().map(({ id, models }) => {
        const { score, source } = models['a'] as { score: number | null; source?: string };
        return [id, source === undefined ? score : [score, source]];
      }),
    );

  it('is worth what replay and learn take it for, and what was averaged is said', async () => {
    const { warnings } = await importFiles({ 'journal.jsonl': journal });
    expect(scores()).toEqual({
      ...{ mind: [1, 'user'], both: 0.5, back: null, again: [0, 'user'], once: 0.25, tone: null },
      shown: [1, 'user'],
    });
    expect(warnings).toContain('quality was judged by several sources, whose mean counts: 1 call.');
    expect(warnings).toContain(
      'quality was judged more than once by the same source, whose last word counts: 3 calls.',
    );
    expect(warnings.join('\n')).toContain('There are several scores: quality is read, user, verifier, tone not');
  });

  it.each([
    ['verifier', { both: 0, mind: null }],
    ['tone', { once: 0.5, tone: [0.75, 'verifier'] }],
  ])('can be read by what one source said, or by another name: %s', async (score, expected) => {
    await importFiles({ 'journal.jsonl': journal }, { columns: { score } });
    expect(scores()).toMatchObject(expected);
  });
});

it('a choice of the gateway that its router did not make has no chance', async () => {
  const kinds = [['knn'], ['personal-data', 'session'], ['late']];
  const lines = kinds.map((reasons, i) => decision(`${i}`, { reasons: reasons.map((kind) => ({ kind, text: kind })) }));
  await importFiles({ 'journal.jsonl': jsonl(...lines, said('0', 1), said('1', 1), said('2', 1)) });
  const [drawn, ...others] = bench.rows().map(({ models }) => models['a']);
  expect(drawn).toHaveProperty('propensity', 0.7);
  expect(others).toHaveLength(2);
  for (const one of others) expect(one).not.toHaveProperty('propensity');
});

describe('the output of a batch', () => {
  const request = (id: string, text: string, model = 'a') => ({
    ...{ custom_id: id, method: 'POST', url: '/v1/chat/completions' },
    body: { model, messages: chat(text) },
  });
  const failed = batchLine('3', { response: null, error: { code: 'batch_expired' } });
  const output = jsonl(
    batchLine('1'),
    batchLine('2', { response: { status_code: 429, body: {} } }),
    failed,
    batchLine('4'),
  );

  it('is read with the file that it was made of, and scores', async () => {
    writeFileSync(
      join(bench.dir, 'in.jsonl'),
      jsonl(request('1', 'Hi?'), request('2', 'Ho?'), request('3', 'Hu?'), request('4', 'Hi?', 'b')),
    );
    writeFileSync(join(bench.dir, 'scores.csv'), csv('custom_id,score', '1,1', '4,0'));
    const { preset, warnings } = await importFiles(
      { 'out.jsonl': output },
      { queries: join(bench.dir, 'in.jsonl'), scores: join(bench.dir, 'scores.csv') },
    );
    expect([preset, bench.rows().map(({ query, models }) => [query, models])]).toEqual([
      'openai-batch',
      [['Hi?', { a: { score: 1, inputTokens: 4 }, 'a-2024-08-06': { score: 0, inputTokens: 4 } }]],
    ]);
    expect(warnings).toEqual(
      expect.arrayContaining([
        'Left out: 2 failed requests.',
        'Another model answered than was asked for, and counts: 1 call.',
      ]),
    );
  });

  it('says that the prompts are missing', async () => {
    const error = await failureOf(() => importFiles({ 'out.jsonl': output }));
    expect(error.hint).toContain('--queries FILE');
  });

  it('of Anthropic is read likewise', async () => {
    const result = (type: string) => ({
      ...{ type },
      message: {
        type: 'message',
        model: 'c',
        content: [],
        usage: { input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 2 },
      },
    });
    writeFileSync(
      join(bench.dir, 'in.jsonl'),
      jsonl({ custom_id: '1', params: { model: 'c', messages: chat('Hi?') } }),
    );
    const { preset } = await importFiles(
      {
        'out.jsonl': jsonl(
          { custom_id: '1', score: 1, result: result('succeeded') },
          { custom_id: '2', result: { type: 'errored' } },
        ),
      },
      { queries: join(bench.dir, 'in.jsonl') },
    );
    expect([preset, bench.rows()[0]!.models]).toEqual([
      'openai-batch',
      { c: { score: 1, inputTokens: 10, outputTokens: 2 } },
    ]);
  });
});

describe('a log that begins with failed calls', () => {
  const failures = (count: number, more: object) =>
    Array.from({ length: count }, (_, i) => ({ id: `f${i}`, error: '503', score: null, ...more }));
  const shape = { request: { model: 'a', messages: chat('Ho?') }, response: null };

  it.each<[string, object[]]>([
    ['in the shape of the others', failures(21, shape)],
    ['of no known shape', failures(150, {})],
  ])('%s is recognised, and they are left out and counted', async (_, records) => {
    const { preset, rows, warnings } = await importFiles({ 'log.jsonl': jsonl(...records, gatewayLog('a', 1)) });
    expect([preset, rows]).toEqual(['openai', 1]);
    expect(warnings).toContain(`Left out: ${records.length} failed requests.`);
  });

  it('and has more of them than others is recognised', async () => {
    const { warnings } = await importFiles({ 'log.jsonl': jsonl(gatewayLog('a', 1), ...failures(40, shape)) });
    expect(warnings).toContain('Left out: 40 failed requests.');
  });
});

describe('a streamed answer', () => {
  const chunk = (more: object) => ({
    id: 'x',
    object: 'chat.completion.chunk',
    model: 'a-2024-08-06',
    created: 1748772000,
    ...more,
  });
  const openAi = [
    chunk({ choices: [{ delta: { content: 'Hel' } }], usage: null }),
    chunk({ choices: [{ delta: { content: 'lo' } }] }),
    chunk({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } }),
  ];
  const responses = [
    { type: 'response.created', response: { id: 'x', created_at: 1748772000, model: 'a-2024-08-06', usage: null } },
    { type: 'response.output_text.delta', delta: 'Hello' },
    { type: 'response.completed', response: { id: 'x', usage: { input_tokens: 12, output_tokens: 3 } } },
  ];
  const anthropic = [
    {
      type: 'message_start',
      message: { id: 'x', model: 'a-2024-08-06', usage: { input_tokens: 12, output_tokens: 1 } },
    },
    { type: 'content_block_delta', delta: { text: 'Hello' } },
    { type: 'message_delta', usage: { output_tokens: 3 } },
  ];
  const events = `${openAi.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n`;

  it.each<[string, unknown]>([
    ['chunks', openAi],
    ['events of responses', responses],
    ['events of messages', anthropic],
    ['the text of events', events],
    ['chunks as JSON', JSON.stringify(openAi)],
  ])('is put together from %s', async (_, response) => {
    const request = { model: 'router/auto', messages: chat('Hi?') };
    const { preset } = await importFiles({ 'log.jsonl': jsonl({ request, response, score: 1 }) });
    expect([preset, bench.rows()[0]!.models]).toEqual([
      'openai',
      { 'a-2024-08-06': { score: 1, inputTokens: 12, outputTokens: 3 } },
    ]);
  });
});
