import { RouteProfileError } from '@routeprofile/schema';
import { isFields, type Fields } from '../paths.js';
import { at, byRole, has, milliseconds, type Preset } from './preset.js';

const provider = /* @__PURE__ */ at('provider.id', 'provider', 'provider.label');
const providerLabel = /* @__PURE__ */ at('provider.label');
const prompt = /* @__PURE__ */ at('prompt.raw', 'prompt');
const promptLabel = /* @__PURE__ */ at('prompt.label', 'prompt.display', 'promptId');
const vars = /* @__PURE__ */ at('vars', 'testCase.vars');
const cost = /* @__PURE__ */ at('cost', 'response.cost');
const usage = /* @__PURE__ */ at('response.tokenUsage', 'tokenUsage');
const metadata = /* @__PURE__ */ at('testCase.metadata', 'metadata');
const score = /* @__PURE__ */ at('score', 'gradingResult.score', 'success');
const description = /* @__PURE__ */ at('testCase.description');

/** The variable that holds the question; the only one, whatever its name; else the whole prompt. */
function queryOf(record: Fields): unknown {
  const given = vars(record);
  const named = byRole(given, 'query');
  if (named !== undefined) return named;
  const [only, ...others] = isFields(given) ? Object.values(given) : [];
  return typeof only === 'string' && only.trim() !== '' && others.length === 0 ? only : prompt(record);
}

/** A failure of the assertions is 1, of the provider 2: the second says nothing of the answer. */
const isError = (record: Fields): boolean =>
  record['failureReason'] === 2 ||
  (record['failureReason'] === undefined && typeof record['error'] === 'string' && !has(record, 'response'));

const COLUMN = /^\[[^\]]+\] /;
const isCsv = (header: readonly string[]): boolean =>
  header.some((name) => COLUMN.test(name) && (/^\[[\w-]+:|\{\{/.test(name) || header.includes('Status')));
const tableBody = /* @__PURE__ */ at('table.body', 'results.table.body');
const tableHead = /* @__PURE__ */ at('table.head.prompts', 'results.table.head.prompts');

/**
 * The tables that promptfoo shows, with a column per prompt and provider, lack what its results have.
 * @param table the header of a CSV, or a JSON document
 * @throws RouteProfileError BAD_INPUT where it is one, saying what to export instead.
 */
export function assertNoPromptfooTable(table: readonly string[] | Fields, path: string): void {
  const isTable = isFields(table) ? Array.isArray(tableBody(table)) && Array.isArray(tableHead(table)) : isCsv(table);
  if (isTable)
    throw new RouteProfileError('BAD_INPUT', `${path}: is a table of promptfoo, which cannot be read`, {
      hint: 'Export its results instead: promptfoo eval -o results.json, or for an evaluation that was run promptfoo export eval ID --output results.json; JSON lines (--output results.jsonl) are read as well.',
    });
}

/**
 * Results of promptfoo: the JSON that `promptfoo eval --output` or `promptfoo export` writes (`results.results[]`, version 3;
 * `results[]`, version 2), or its JSON lines.
 */
export const promptfoo: Preset = {
  name: 'promptfoo',
  title: 'results of promptfoo',
  records: ['results.results', 'results', ''],
  reads: {
    ...{ query: 'the question among vars, else prompt.raw', model: 'provider.id', score: 'score' },
    ...{ task: 'vars or metadata (topic, category, …)', id: 'testIdx', cost: 'cost', latency: 'latencyMs' },
    ...{ inputTokens: 'response.tokenUsage.prompt', outputTokens: 'response.tokenUsage.completion' },
  },
  questionIds: true,
  names: { model: 'provider.id', system: 'prompt.label' },
  variants: 'prompt',
  recognise: (record) =>
    has(record, 'provider') &&
    (has(record, 'vars') || has(record, 'testCase')) &&
    (has(record, 'score') || has(record, 'success') || has(record, 'gradingResult')),
  calls(record) {
    const spent = usage(record);
    // What came from the cache took no time, and is billed as nothing.
    const cached = isFields(record['response']) && record['response']['cached'] === true;
    const model = provider(record);
    const label = providerLabel(record) ?? model;
    const wording = promptLabel(record);
    return [
      {
        query: queryOf(record),
        whole: prompt(record),
        model,
        ...(typeof label === 'string' && { label }),
        system: {
          ...(typeof wording === 'string' && { prompt: wording }),
          ...(typeof label === 'string' && { provider: label }),
        },
        task: byRole(vars(record), 'task') ?? byRole(metadata(record), 'task'),
        id: record['testIdx'] ?? description(record),
        score: isError(record) ? null : score(record),
        ...(!cached && { cost: cost(record), latency: milliseconds(record['latencyMs']) }),
        ...(isFields(spent) && { inputTokens: spent['prompt'], outputTokens: spent['completion'] }),
      },
    ];
  },
};
