import { isFields, type Fields } from '../paths.js';
import { roleOfName, type Role } from '../roles.js';
import { Measured } from '../units.js';
import { has, type Preset } from './preset.js';

const FIELDS = ['score', 'cost', 'inputTokens', 'outputTokens', 'latency', 'propensity', 'source'] as const;

const RESPELLED: ReadonlySet<Role> = new Set(['cost', 'inputTokens', 'outputTokens', 'latency']);

/** An outcome's fields under our names. */
function fieldsOf(outcome: Fields): Fields {
  const respelled = Object.entries(outcome).flatMap(([name, value]) => {
    const role = roleOfName(name)?.role;
    if (role === undefined || !RESPELLED.has(role) || (value ?? null) === null) return [];
    return [[role, role === 'cost' || role === 'latency' ? new Measured(value, name) : value] as const];
  });
  const own = FIELDS.flatMap((name) => ((outcome[name] ?? null) === null ? [] : [[name, outcome[name]] as const]));
  return Object.fromEntries([...respelled, ...own]);
}

/** Datasets of this project, such as what `collect` writes: to put several together. */
export const outcomes: Preset = {
  name: 'outcomes',
  title: 'outcomes.jsonl of a dataset',
  records: [''],
  reads: {
    ...{ id: 'id', query: 'query', task: 'task', split: 'split', answer: 'reference or answer', time: 'time' },
    ...{ model: 'the names in models', score: 'models.*.score', cost: 'models.*.cost', latency: 'models.*.latency' },
    ...{ inputTokens: 'models.*.inputTokens', outputTokens: 'models.*.outputTokens' },
    ...{ propensity: 'models.*.propensity', source: 'models.*.source' },
  },
  recognise: (record) =>
    has(record, 'id', 'query') &&
    isFields(record['models']) &&
    Object.values(record['models']).every((outcome) => isFields(outcome) && has(outcome, 'score')),
  calls(record) {
    const { id, query, task, split, time, reference, answer } = record;
    const { models } = record;
    const named = isFields(models) ? Object.entries(models) : [];
    if (named.length === 0) return { skipped: 'rows without an outcome' };
    return named.map(([model, outcome]) => ({
      ...{ id, query, task, split, time, answer: reference ?? answer, model },
      ...(isFields(outcome) ? fieldsOf(outcome) : {}),
    }));
  },
};
