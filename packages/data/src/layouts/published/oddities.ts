import type { ModelCardFile, Oddity } from '@routeprofile/schema';
import { RouteProfileError } from '@routeprofile/schema';
import { isSentence } from '../../dataset/cards.js';
import type { RowLabels } from '../../dataset/read-rows.js';
import { plural } from '../../dataset/text.js';
import { parsePythonLiteral } from '../../python/literal.js';
import type { PublishedFiles } from './files.js';
import { duplicateQueries, overlapOddity } from '../../check/texts.js';
import { excerpt, oddity, short } from '../../check/oddity.js';

/** Oddities that only the published files show. */
export function publishedOddities(files: PublishedFiles): Oddity[] {
  const labels = labelsOf(files);
  const test = files.test?.rows.queries.map(({ raw, task }) => ({ text: raw, task })) ?? [];
  const taskQueries = [...(files.taskQueries ?? [])].flatMap(([task, texts]) => texts.map((text) => ({ text, task })));
  return [
    ...unknownDomainTasks(files),
    ...swappedFields(files),
    ...lonelyScoreKeys(files),
    ...disagreeingFlags(files),
    ...disagreeingCards(files),
    ...pricesInTexts(files),
    ...metricSpellings(labels),
    ...unreadableChoices(labels),
    ...duplicateQueries('task queries', taskQueries),
    ...overlapOddity(
      'test-in-task-queries',
      taskQueries.map(({ text }) => text),
      test,
      (count) =>
        `${plural(count, 'test query occurs', 'test queries occur')} among the task queries, which become nodes of the graph`,
    ),
  ];
}

const labelsOf = (files: PublishedFiles): RowLabels[] => [
  ...(files.pairs?.map(({ task_name, metric, choices }) => ({ task: task_name, metric: metric ?? null, choices })) ??
    []),
  ...(files.train?.labels ?? []),
  ...(files.test?.labels ?? []),
];

function unknownDomainTasks({ domainTasks, tasks }: PublishedFiles): Oddity[] {
  const found = [...domainTasks].flatMap(([domain, names]) =>
    names.filter((task) => !tasks.has(task)).map((task) => `${task} (in ${domain})`),
  );
  return oddity(
    'unknown-domain-task',
    found,
    (count) => `the domain map names ${plural(count, 'task')} that nothing describes`,
  );
}

/** An API id is a word; a feature is a sentence. */
function swappedFields({ cards }: PublishedFiles): Oddity[] {
  const found = [...cards].flatMap(([name, card]) =>
    typeof card.model === 'string' && isSentence(card.model)
      ? [
          `${name}: model is ${JSON.stringify(excerpt(card.model, 40))}, feature is ${JSON.stringify(excerpt(card.feature, 40))}`,
        ]
      : [],
  );
  return oddity(
    'swapped-fields',
    found,
    (count) =>
      `${plural(count, 'model card holds', 'model cards hold')} a sentence in "model", as if "feature" and "model" were swapped`,
  );
}

function lonelyScoreKeys({ cards }: PublishedFiles): Oddity[] {
  const owners = new Map<string, string[]>();
  for (const [name, card] of cards)
    for (const task of Object.keys(card.detailed_scores)) owners.set(task, [...(owners.get(task) ?? []), name]);
  const found = [...owners]
    .filter(([, names]) => names.length === 1 && cards.size > 2)
    .map(([task, [name]]) => `${task} (on ${name!})`);
  return oddity(
    'lonely-score-key',
    found,
    (count) => `${plural(count, 'score key occurs', 'score keys occur')} on a single model, as if misspelt`,
  );
}

function disagreeingFlags({ cards, candidates }: PublishedFiles): Oddity[] {
  const found = [...(candidates?.keys() ?? [])].flatMap((name) => {
    const card = cards.get(name);
    const flags = [
      card?.role === 'auxiliary' ? 'role is auxiliary' : '',
      card?.router_enabled === false ? 'router_enabled is false' : '',
    ].filter((flag) => flag !== '');
    return flags.length === 0 ? [] : [`${name}: ${flags.join(', ')}`];
  });
  return oddity(
    'disagreeing-flags',
    found,
    (count) => `${plural(count, 'candidate is', 'candidates are')} marked in the card as if no candidate`,
  );
}

const COMPARED = [
  'feature',
  'architecture',
  'input_price',
  'output_price',
  'service',
  'api_endpoint',
  'model',
  'size',
  'parameters',
] as const;

function disagreeingCards({ cards, candidates }: PublishedFiles): Oddity[] {
  const differs = (a: ModelCardFile, b: ModelCardFile) =>
    COMPARED.filter((field) => (a[field] ?? null) !== (b[field] ?? null));
  const found = [...(candidates ?? [])].flatMap(([name, card]) => {
    const other = cards.get(name);
    const fields = other === undefined ? [] : differs(card, other);
    return fields.length === 0 ? [] : [`${name}: ${fields.join(', ')}`];
  });
  return oddity(
    'disagreeing-cards',
    found,
    (count) =>
      `${plural(count, 'candidate is', 'candidates are')} described differently in candidate_models.json and in the model features`,
  );
}

/** Texts that quote a price, such as "$0.30", which is none of the price fields. */
function pricesInTexts({ cards, candidates }: PublishedFiles): Oddity[] {
  const found = [...cards].flatMap(([name, card]) => {
    const fields = [card, candidates?.get(name)]
      .flatMap((source) => [source?.input_price, source?.output_price])
      .filter((price) => typeof price === 'number');
    const quoted = [...card.feature.matchAll(/\$\s?(\d+(?:\.\d+)?)/g)].map(([, price]) => Number(price));
    const wrong = quoted.filter((price) => fields.length > 0 && !fields.includes(price));
    return wrong.length === 0
      ? []
      : [
          `${name}: text says ${[...new Set(wrong)].map((price) => `$${price}`).join(', ')}, fields say ${[...new Set(fields)].map((price) => short(price)).join(', ')}`,
        ];
  });
  return oddity(
    'price-in-text',
    found,
    (count) => `${plural(count, 'model text quotes', 'model texts quote')} a price that no price field has`,
  );
}

function metricSpellings(labels: readonly RowLabels[]): Oddity[] {
  const spellings = new Map<string, Set<string>>();
  for (const { metric } of labels) {
    if (metric === null) continue;
    const key = metric.toLowerCase();
    spellings.set(key, (spellings.get(key) ?? new Set()).add(metric));
  }
  const found = [...spellings.values()].filter((set) => set.size > 1).map((set) => [...set].join(' and '));
  return oddity('metric-spelling', found, (count) => `${plural(count, 'metric is', 'metrics are')} spelt in two ways`);
}

function unreadableChoices(labels: readonly RowLabels[]): Oddity[] {
  const found = labels.flatMap(({ task, choices }) => {
    if (typeof choices !== 'string') return [];
    try {
      parsePythonLiteral(choices);
      return [];
    } catch (error) {
      if (!RouteProfileError.isInstance(error)) throw error;
      return [`${task}: ${error.message}: ${excerpt(choices, 40)}`];
    }
  });
  return oddity(
    'unreadable-choices',
    found,
    (count) => `${plural(count, 'row has', 'rows have')} choices that are not a Python literal`,
  );
}
