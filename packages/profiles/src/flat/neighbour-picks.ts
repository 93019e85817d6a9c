import { createRandom, type HeteroGraph, type ModelCard, type Relation } from '@routeprofile/schema';
import { csr, nodeSet, type Csr } from '@routeprofile/graph';
import { scoreSources, standings } from '../common/standing.js';
import { otherTypes, type Pick } from './picks.js';

/** What a node's neighbours are, by relation; relations the graph lacks give none. */
type Neighbours = (name: string, rows: 'source' | 'target', node: number) => { node: number; edge: number }[];

/**
 * A model's own surroundings, at most topK nodes of each type: its family; the tasks on which it stands highest among the
 * models measured alike (ties: higher score, then the card's order); the domains of the most and strongest of its tasks; and
 * a query of each of those tasks (the same query for every model) or, where queries hang on models, queries of its own.
 * Nothing here depends on which other models are asked for.
 * @returns one list per model, in the order of `positions`, types in the graph's order
 */
export function neighbourPicks(
  graph: HeteroGraph,
  cards: readonly ModelCard[],
  positions: readonly number[],
  topK: number,
  seed: number,
): Pick[][] {
  const neighbours = neighbourFinder(graph);
  const scored = graph.relations.find(({ name }) => name === 'model__task');
  const standing = scored?.scores && standings(scored, scored.scores, scoreSources(graph, cards));
  const queryOf = representatives(graph, neighbours, seed);

  return positions.map((model) => {
    const tasks = neighbours('model__task', 'source', model)
      .map(({ node, edge }) => ({ node, score: scored?.scores?.[edge], standing: standing?.[edge] ?? 0 }))
      .sort((a, b) => b.standing - a.standing || (b.score ?? 0) - (a.score ?? 0));
    const best = tasks.slice(0, topK);
    const picks: Partial<Record<Pick['type'], Omit<Pick, 'type'>[]>> = {
      family: neighbours('family__model', 'target', model),
      task: best,
      domain: domainsOf(tasks, neighbours),
      query: [
        ...best.flatMap(({ node, standing }) => queryOf(node).map((query) => ({ ...query, standing }))),
        ...ownQueries(graph, neighbours, model, topK, seed),
      ],
    };
    return otherTypes(graph).flatMap(({ type }) =>
      (picks[type] ?? []).slice(0, topK).map(({ node, score, standing }) => ({ type, node, score, standing })),
    );
  });
}

function neighbourFinder(graph: HeteroGraph): Neighbours {
  const views = new Map<string, Csr>();
  const relations = new Map<string, Relation>(graph.relations.map((relation) => [relation.name, relation]));
  return (name, rows, node) => {
    const relation = relations.get(name);
    if (!relation) return [];
    const key = `${name} ${rows}`;
    const view = views.get(key) ?? csr(graph, relation, rows);
    views.set(key, view);
    const [from, to] = [view.offsets[node]!, view.offsets[node + 1]!];
    return Array.from({ length: to - from }, (_, i) => ({
      node: view.neighbours[from + i]!,
      edge: view.edges[from + i]!,
    }));
  };
}

/** Domains by the summed standing of the model's tasks in them. */
function domainsOf(tasks: readonly { node: number; standing: number }[], neighbours: Neighbours) {
  const domains = new Map<number, { sum: number; count: number }>();
  for (const task of tasks)
    for (const { node } of neighbours('domain__task', 'target', task.node)) {
      const { sum, count } = domains.get(node) ?? { sum: 0, count: 0 };
      domains.set(node, { sum: sum + task.standing, count: count + 1 });
    }
  return [...domains]
    .sort((a, b) => b[1].sum - a[1].sum || a[0] - b[0])
    .map(([node, { sum, count }]) => ({ node, standing: sum / count }));
}

/** A query of a task, drawn once per task, so that two models with the same tasks get the same queries. */
function representatives(graph: HeteroGraph, neighbours: Neighbours, seed: number) {
  const names = nodeSet(graph, 'task')?.names ?? [];
  return (task: number): { node: number }[] =>
    createRandom(seed, 'flat', 'query of', names[task]!)
      .sample(neighbours('query__task', 'target', task), 1)
      .map(({ node }) => ({ node }));
}

function ownQueries(graph: HeteroGraph, neighbours: Neighbours, model: number, topK: number, seed: number) {
  const name = nodeSet(graph, 'model')!.names[model]!;
  return createRandom(seed, 'flat', 'queries of', name)
    .sample(neighbours('query__model', 'target', model), topK)
    .map(({ node }) => ({ node }));
}
