import type { Dataset, OutcomeValues } from '../dataset.js';

const twice = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
];

/** What is wrong with outcomes of that many queries and models. */
function valueFaults(what: string, values: OutcomeValues, queries: number, models: number): string[] {
  return Object.entries(values).flatMap(([field, numbers]: [string, Float64Array]) => [
    ...(numbers.length === queries * models
      ? []
      : [`${what}: ${field} has ${numbers.length} numbers, expected ${queries} × ${models}`]),
    ...(numbers.every((x) => Number.isFinite(x) || Number.isNaN(x)) ? [] : [`${what}: ${field} is infinite`]),
  ]);
}

/** What is wrong with a dataset that any layout has to give, a line each; what the rest of the code takes for granted. */
export function datasetFaults(dataset: Dataset): string[] {
  const { candidates, newModels, leftOut, cards, train, test } = dataset;
  const ids = candidates.map(({ id }) => id);
  const chosen = new Set(ids);
  const own = new Set(cards.filter(({ auxiliary }) => !auxiliary).map(({ name }) => name));
  const described = (kind: string, names: readonly (string | null)[], texts: readonly { name: string }[]) => {
    const known = new Set(texts.map(({ name }) => name));
    return [...new Set(names)].flatMap((name) =>
      name === null || known.has(name) ? [] : [`the ${kind} ${name} is described nowhere`],
    );
  };
  const inRange = (index: number, length: number) => Number.isInteger(index) && index >= 0 && index < length;
  const hidden = candidates.flatMap(({ id }, model) => (newModels.includes(id) ? [model] : []));
  const seen = (model: number) =>
    train.pairs.some(({ better, worse }) => better === model || worse === model) ||
    (train.outcomes?.score.some((score, at) => at % ids.length === model && !Number.isNaN(score)) ?? false);
  const named = [
    ...train.queries.map(({ task }) => task),
    ...dataset.taskQueries.map(({ task }) => task),
    ...dataset.domains.flatMap(({ tasks }) => tasks),
    ...cards.flatMap(({ scores }) => [...scores.keys()]),
  ];
  const families = cards.map(({ family }) => family);
  const lists: [string, readonly string[]][] = [
    ['candidates', ids],
    ['cards', cards.map(({ name }) => name)],
    ['training queries', train.queries.map(({ id }) => id)],
    ['test queries', test.queries.map(({ id }) => id)],
    ['tasks', dataset.tasks.map(({ name }) => name)],
    ['families', dataset.families.map(({ name }) => name)],
  ];
  return [
    ...lists.flatMap(([what, names]) => twice(names).map((name) => `${what}: ${name} occurs twice`)),
    ...(ids.length >= 2 ? [] : [`${ids.length} candidates, expected at least two`]),
    ...ids.filter((id) => !own.has(id)).map((id) => `the candidate ${id} has no card, or that of an auxiliary model`),
    ...[...own].filter((name) => !chosen.has(name)).map((name) => `${name} is neither a candidate nor auxiliary`),
    ...newModels.filter((name) => !chosen.has(name)).map((name) => `the new model ${name} is not a candidate`),
    ...hidden.filter(seen).map((model) => `the training data know the new model ${ids[model]!}`),
    ...leftOut.filter(({ model }) => chosen.has(model)).map(({ model }) => `${model} is left out, and a candidate`),
    ...described('task', named, dataset.tasks),
    ...described('family', families, dataset.families),
    ...[...train.queries, ...test.queries].flatMap(({ id, text }) => (text.trim() === '' ? [`${id} has no text`] : [])),
    ...(train.queries.length > 0 ? [] : ['there are no training queries']),
    ...(train.pairs.every(
      ({ query, better, worse }) =>
        inRange(query, train.queries.length) &&
        inRange(better, ids.length) &&
        inRange(worse, ids.length) &&
        better !== worse,
    )
      ? []
      : ['a training pair points at no query or no candidate']),
    ...(train.outcomes === null
      ? []
      : valueFaults('training outcomes', train.outcomes, train.queries.length, ids.length)),
    ...(test.models.join('\n') === ids.join('\n') ? [] : [`the test models are ${test.models.join(', ')}`]),
    ...valueFaults('test outcomes', test.values, test.queries.length, ids.length),
    ...(dataset.overlap <= test.queries.length
      ? []
      : [`an overlap of ${dataset.overlap} of ${test.queries.length} test queries`]),
  ];
}
