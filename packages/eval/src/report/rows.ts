import type { PolicyRows, RowsFile } from '@routeprofile/schema';
import { oracleChoices } from '../baselines/baselines.js';
import { callCost } from '../metrics/run-costs.js';
import { factsOf } from '../metrics/table-facts.js';
import { assertChoices } from '../table.js';
import type { ReportInput } from './assemble.js';
import { testGround } from './ground.js';

/**
 * What every policy of a run did on each row that counts, as `rows.json` holds it, for `compareRuns`.
 * @param testHash of ids, texts and outcomes of the test rows
 * @throws RouteProfileError SHAPE_MISMATCH naming a cell whose choices do not fit the test rows
 */
export function assembleRows(
  {
    dataset,
    training,
    cells,
    lookups = {},
    testName,
  }: Pick<ReportInput, 'dataset' | 'training' | 'cells' | 'lookups' | 'testName'>,
  testHash: string,
): RowsFile {
  const { rows, table, single, hindsight, cheapest } = testGround(dataset, training);
  const { models, queries, values } = table;
  const facts = factsOf(table);
  const candidates = new Map(dataset.candidates.map((candidate) => [candidate.id, candidate]));

  const policy = (label: string, choices: Int32Array): PolicyRows => {
    const costs = Array.from(choices, (m, q) => callCost(table, candidates.get(models[m]!), q, m));
    return {
      label,
      choices: [...choices],
      scores: Array.from(choices, (m, q) => values.score[q * models.length + m]!),
      costs: costs.every(Number.isFinite) ? costs : null,
    };
  };
  const onRows = (choices: Int32Array, who: string) => {
    assertChoices(dataset.test, choices, who);
    return rows.map((row) => choices[row]!);
  };
  const constant = (label: string, index: number | undefined | null): PolicyRows[] =>
    index == null ? [] : [policy(label, new Int32Array(rows.length).fill(index))];

  return {
    version: 1,
    dataset: { name: dataset.name, test: testName, testHash },
    simulated: dataset.simulated,
    models: [...models],
    newModels: [...dataset.newModels],
    ids: queries.map(({ id }) => id),
    texts: queries.map(({ text }) => fingerprint(text)),
    tasks: queries.map(({ task }) => task),
    discriminative: Array.from(facts.discriminative, (flag) => flag === 1),
    oracle: [...facts.best],
    rows: cells.map(({ label, seed, choices }) => ({ ...policy(label, onRows(choices, label)), seed })),
    baselines: [
      ...constant('best-single', single?.index),
      ...constant('best-in-hindsight', hindsight),
      ...constant('cheapest', cheapest),
      policy('oracle', oracleChoices({ candidates: dataset.candidates, newModels: dataset.newModels, table })),
      ...Object.entries(lookups).map(([name, choices]) => policy(name, onRows(choices, name))),
    ],
  };
}

/** FNV-1a, 32 bits, over UTF-16 units: tells texts apart, and guards nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
