import { DirectedGraph } from 'graphology';
import { RouteProfileError, type Dataset, type Description, type NodeType } from '@routeprofile/schema';
import { linkEntities, type MentioningQuery } from './link-entities.js';
import { resolveGraphChoice, type GraphChoice } from './presets.js';
import { RELATIONS, nodeKey, type ProfileGraph, type RelationName } from './types.js';

/** The parts of a dataset a graph is made of. */
export type GraphSource = Pick<Dataset, 'cards' | 'families' | 'tasks' | 'domains' | 'taskQueries'>;

/**
 * The heterogeneous graph of a dataset, which structured profiles are made from (RouteProfile, arXiv 2605.00180): one
 * builder, with switches; the five published graphs are presets.
 *
 * Nodes: families, models and tasks in the order of one pass over the cards (a task is a node once some model is measured
 * on it), then domains in their order (also those left without a task), queries in theirs, named `task#index`,
 * then, if asked for, the entities that several queries mention (`linkEntities`), in theirs.
 * Edges: `family__model`, `model__task` with the raw score, `domain__task`, `query__task` or `query__model`, `query__entity`.
 * What the data names but nothing is measured on is left out and counted in the graph's `notes`.
 *
 * @throws RouteProfileError UNKNOWN_NAME for an unknown preset, BAD_OPTION for contradicting switches,
 *   BAD_INPUT without models, for a model that occurs twice or a score that is not finite.
 */
export function buildGraph(dataset: GraphSource, choice: GraphChoice): ProfileGraph {
  const { name, switches } = resolveGraphChoice(choice);
  assertCards(dataset.cards);
  const notes: string[] = [];
  const { addNode, addEdge, graph } = startGraph(name, notes);

  const measured = measuredTasks(dataset.cards);
  if (switches.families) addDescribed('family', familyNames(dataset.cards), dataset.families);
  for (const card of dataset.cards) addNode('model', card.name, card.text);
  if (switches.tasks) addDescribed('task', [...measured.keys()], dataset.tasks);

  if (switches.families)
    for (const card of dataset.cards) if (card.family !== null) addEdge('family__model', card.family, card.name);
  if (switches.tasks)
    for (const card of dataset.cards)
      for (const [task, score] of card.scores) addEdge('model__task', card.name, task, score.value);
  if (switches.domains) addDomains();
  const queries = switches.queries ? addQueries() : [];
  if (switches.entities) addEntities(queries);
  return graph;

  function addDescribed(type: 'family' | 'task', names: readonly string[], descriptions: readonly Description[]) {
    const texts = new Map(descriptions.map((description) => [description.name, description.text]));
    const bare = names.filter((name) => !texts.has(name));
    for (const name of names) addNode(type, name, texts.get(name) ?? name);
    if (bare.length > 0)
      notes.push(
        `${count(bare.length, type)} without a description, so the name is used as the text: ${bare.join(', ')}`,
      );
  }

  function addDomains() {
    const unknown: string[] = [];
    for (const domain of dataset.domains) addNode('domain', domain.name, domain.text);
    for (const domain of dataset.domains)
      for (const task of new Set(domain.tasks))
        if (measured.has(task)) addEdge('domain__task', domain.name, task);
        else unknown.push(`${task} (in ${domain.name})`);
    if (unknown.length > 0)
      notes.push(
        `${count(unknown.length, 'domain entry')} left out, because no model is measured on the task: ${unknown.join(', ')}`,
      );
  }

  function addQueries(): MentioningQuery[] {
    const added: MentioningQuery[] = [];
    const next = new Map<string, number>();
    const unknown: string[] = [];
    let skipped = 0;
    for (const { task, queries } of dataset.taskQueries) {
      const models = measured.get(task);
      if (!models) {
        unknown.push(task);
        skipped += queries.length;
        continue;
      }
      for (const text of queries) {
        const index = next.get(task) ?? 0;
        next.set(task, index + 1);
        const query = `${task}#${index}`;
        addNode('query', query, text);
        added.push({ name: query, text, task });
        if (switches.queriesTo === 'task') addEdge('query__task', query, task);
        else
          for (const [model, score] of models)
            addEdge('query__model', query, model, switches.queryScores ? score : undefined);
      }
    }
    if (skipped > 0)
      notes.push(
        `${count(skipped, 'query')} left out, because no model is measured on the task: ${unknown.join(', ')}`,
      );
    return added;
  }

  function addEntities(queries: readonly MentioningQuery[]) {
    const { entities, links, note } = linkEntities(queries);
    for (const entity of entities) addNode('entity', entity, entity);
    for (const [query, entity] of links) addEdge('query__entity', query, entity);
    notes.push(note);
  }
}

/** An empty graph and two functions that fill it. Edge keys count within a relation, so that equal data give equal graphs. */
export function startGraph(name: string, notes: string[]) {
  const graph: ProfileGraph = new DirectedGraph();
  graph.replaceAttributes({ name, format: 'routeprofile-graph-1', notes });
  const edges = new Map<RelationName, number>();
  const addNode = (type: NodeType, name: string, text: string) => {
    graph.addNode(nodeKey(type, name), { type, name, text });
  };
  const addEdge = (relation: RelationName, source: string, target: string, score?: number) => {
    const index = edges.get(relation) ?? 0;
    edges.set(relation, index + 1);
    const ends = RELATIONS[relation];
    const attributes = score === undefined ? { relation } : { relation, score };
    graph.addDirectedEdgeWithKey(
      `${relation}:${index}`,
      nodeKey(ends.source, source),
      nodeKey(ends.target, target),
      attributes,
    );
  };
  return { graph, addNode, addEdge };
}

function assertCards(cards: GraphSource['cards']) {
  if (cards.length === 0)
    throw new RouteProfileError('BAD_INPUT', 'graph: the dataset has no models', {
      hint: 'Add model cards to the dataset.',
    });
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const card of cards) {
    if (seen.has(card.name)) problems.push(`model '${card.name}' occurs twice`);
    seen.add(card.name);
    for (const [task, { value }] of card.scores)
      if (!Number.isFinite(value)) problems.push(`model '${card.name}': its score on '${task}' is ${value}`);
  }
  if (problems.length > 0)
    throw new RouteProfileError('BAD_INPUT', `graph: ${problems.join('; ')}`, {
      hint: 'Correct the model cards; `npx @routeprofile/cli data check` lists every problem.',
      details: problems,
    });
}

/** Families in first-seen order. */
const familyNames = (cards: GraphSource['cards']) => [...new Set(cards.flatMap((card) => card.family ?? []))];

/** Tasks in first-seen order, each with the models measured on it and their scores, in the order of the cards. */
function measuredTasks(cards: GraphSource['cards']): Map<string, [model: string, score: number][]> {
  const tasks = new Map<string, [string, number][]>();
  for (const card of cards)
    for (const [task, score] of card.scores) {
      if (!tasks.has(task)) tasks.set(task, []);
      tasks.get(task)!.push([card.name, score.value]);
    }
  return tasks;
}

const PLURALS: Record<string, string> = { family: 'families', query: 'queries', 'domain entry': 'domain entries' };
const count = (n: number, thing: string) => `${n} ${n === 1 ? thing : (PLURALS[thing] ?? `${thing}s`)}`;
