import { nodeSet } from '@routeprofile/graph';
import { grouped, type HeteroGraph, type ModelCard, type NodeFeatures, type NodeType } from '@routeprofile/schema';
import {
  bestAndWorst,
  comparable,
  list,
  meanStanding,
  measurementText,
  modelFact,
  modelSummary,
  overallFact,
  readScores,
  taskFact,
  taskSummary,
  type Measurement,
  type Scores,
} from './facts.js';
import {
  linksOf,
  meanDirection,
  nearest,
  summarisedSets,
  unitVectors,
  type Links,
  type Neighbour,
  type Neighbourhood,
  type Neighbourhoods,
  type Section,
  type SummarisedType,
  type UnitVectors,
} from './neighbourhood.js';

/** Weight of a model's family: what it says holds for its other models too. */
const SHARED = 0.5;

/** What choosing reads. */
interface Ground {
  graph: HeteroGraph;
  links: Links;
  scores: Scores;
  vectorOf: UnitVectors;
  topK: number;
  nameOf: (type: NodeType, node: number) => string;
}

/**
 * The neighbours each summary is made of, chosen once from the graph's own texts and scores, at most `topK` of a kind:
 * - model: its family; the tasks where it stands highest and lowest; queries of its own near the mean of its tasks;
 * - task: its best and worst models, candidates and auxiliary models apart; its domains; the queries nearest to its text;
 * - domain: the tasks nearest to its text, with who is best and worst there;
 * - family: its models of the highest and lowest mean standing.
 * Nodes are told apart by what they are, not by their text; queries of equal text are one query.
 * @param features vectors of all node texts
 */
export function neighboursByScore(
  graph: HeteroGraph,
  cards: readonly ModelCard[],
  features: NodeFeatures,
  topK: number,
): Neighbourhoods {
  const ground: Ground = {
    graph,
    topK,
    links: linksOf(graph),
    scores: readScores(graph, cards),
    vectorOf: unitVectors(features),
    nameOf: (type, node) => nodeSet(graph, type)!.names[node]!,
  };
  return Object.fromEntries(
    summarisedSets(graph).map(({ type, names }) => [type, names.map((_, node) => CHOICES[type](ground, node))]),
  );
}

const CHOICES: Record<SummarisedType, (ground: Ground, node: number) => Neighbourhood> = {
  model: aroundModel,
  task: aroundTask,
  domain: aroundDomain,
  family: aroundFamily,
};

function aroundModel(ground: Ground, node: number): Neighbourhood {
  const { links, scores, vectorOf, topK, nameOf } = ground;
  const tasks = scores.ofModel(node);
  const { best, worst } = bestAndWorst(tasks, topK);
  const anchor = meanDirection(tasks.map(({ task }) => vectorOf('task', task))) ?? vectorOf('model', node);
  const line = (one: Measurement, contrast: boolean): Neighbour => {
    const domains = links('task', one.task, 'domain').map((domain) => nameOf('domain', domain));
    const about = [measurementText(one), domains.length > 0 ? `domains ${list(domains)}` : undefined];
    return { type: 'task', node: one.task, about: join(about), weight: one.standing, contrast };
  };
  const shown =
    best.length + worst.length < tasks.length
      ? `the ${best.length} strongest and ${worst.length} weakest of ${tasks.length}, compared with other models`
      : 'strongest first, compared with other models';
  return finish(
    'model',
    node,
    modelFact(tasks, (task) => nameOf('task', task)),
    [
      {
        kind: 'family',
        heading: 'Family',
        neighbours: plain('family', links('model', node, 'family').slice(0, topK), SHARED),
      },
      {
        kind: 'tasks',
        heading: `Results on tasks (${shown})`,
        neighbours: [...best.map((one) => line(one, false)), ...worst.map((one) => line(one, true))],
      },
      queries(ground, links('model', node, 'query'), anchor),
    ],
  );
}

function aroundTask(ground: Ground, node: number): Neighbourhood {
  const { links, scores, vectorOf, topK, nameOf } = ground;
  const all = scores.ofTask(node);
  const models = (auxiliary: boolean): Section => {
    const measured = all.filter((one) => one.auxiliary === auxiliary);
    const { best, worst } = bestAndWorst(measured, topK);
    const line = (one: Measurement, contrast: boolean): Neighbour => ({
      type: 'model',
      node: one.model,
      about: measurementText(one),
      weight: one.standing,
      contrast,
    });
    const source = auxiliary ? 'Other models, numbers published elsewhere' : 'Models';
    return {
      kind: 'models',
      heading:
        best.length + worst.length < measured.length
          ? `${source} (the ${best.length} best and ${worst.length} worst of ${measured.length})`
          : `${source} (best first)`,
      neighbours: [...best.map((one) => line(one, false)), ...worst.map((one) => line(one, true))],
    };
  };
  return finish(
    'task',
    node,
    taskFact(all, (model) => nameOf('model', model)),
    [
      {
        kind: 'domains',
        heading: 'Domains',
        neighbours: plain('domain', links('task', node, 'domain').slice(0, topK)),
      },
      models(false),
      models(true),
      queries(ground, links('task', node, 'query'), vectorOf('task', node)),
    ],
  );
}

function aroundDomain(ground: Ground, node: number): Neighbourhood {
  const { links, scores, vectorOf, topK, nameOf } = ground;
  const modelName = (model: number) => nameOf('model', model);
  const tasks = links('domain', node, 'task');
  const chosen = nearest(tasks, topK, vectorOf('domain', node), (task) => vectorOf('task', task));
  const byModel = grouped(comparable(tasks.flatMap((task) => scores.ofTask(task))), ({ model }) => model);
  const standing = [...byModel]
    .map(([model, all]) => ({ model, mean: meanStanding(all) }))
    .sort((a, b) => b.mean - a.mean || a.model - b.model);
  return finish('domain', node, overallFact(standing, modelName, 'Over its tasks'), [
    {
      kind: 'tasks',
      heading: chosen.length < tasks.length ? `Tasks (${chosen.length} of ${tasks.length})` : 'Tasks',
      neighbours: chosen.map((task) => ({
        type: 'task',
        node: task,
        about: taskSummary(scores, task, modelName),
        weight: 1,
      })),
    },
  ]);
}

function aroundFamily(ground: Ground, node: number): Neighbourhood {
  const { links, scores, topK, nameOf } = ground;
  const standing = links('family', node, 'model')
    .map((model) => ({ model, mean: meanStanding(scores.ofModel(model)) }))
    .sort((a, b) => b.mean - a.mean || a.model - b.model);
  const { best, worst } = bestAndWorst(standing, topK);
  const line = ({ model, mean }: { model: number; mean: number }, contrast: boolean): Neighbour => ({
    type: 'model',
    node: model,
    about: modelSummary(scores, model, (task) => nameOf('task', task)),
    weight: mean,
    contrast,
  });
  const shown =
    best.length + worst.length < standing.length
      ? `the ${best.length} strongest and ${worst.length} weakest of ${standing.length}`
      : 'strongest first';
  return finish(
    'family',
    node,
    overallFact(standing, (model) => nameOf('model', model), 'Of its models'),
    [
      {
        kind: 'models',
        heading: `Models (${shown})`,
        neighbours: [...best.map((one) => line(one, false)), ...worst.map((one) => line(one, true))],
      },
    ],
  );
}

/** The queries nearest to `anchor`. A query's text never changes, so two of equal text are one. */
function queries({ graph, vectorOf, topK }: Ground, all: readonly number[], anchor: Float32Array): Section {
  const texts = nodeSet(graph, 'query')?.texts ?? [];
  const distinct = [...new Map([...all].reverse().map((query) => [texts[query], query])).values()].sort(
    (a, b) => a - b,
  );
  const chosen = nearest(distinct, topK, anchor, (query) => vectorOf('query', query));
  return { kind: 'queries', heading: 'Typical queries', neighbours: plain('query', chosen) };
}

const plain = (type: NodeType, nodes: readonly number[], weight = 1): Neighbour[] =>
  nodes.map((node) => ({ type, node, weight }));

const join = (parts: readonly (string | undefined)[]): string | undefined => {
  const given = parts.filter((part) => part !== undefined);
  return given.length === 0 ? undefined : given.join('; ');
};

const finish = (
  type: SummarisedType,
  node: number,
  facts: readonly string[],
  sections: readonly Section[],
): Neighbourhood => ({ type, node, facts, sections: sections.filter(({ neighbours }) => neighbours.length > 0) });
