import { RouteProfileError, graphFileSchema, issueText, type GraphFile } from '@routeprofile/schema';
import { startGraph } from './build.js';
import { RELATIONS, isRelationName, nodeKey, type ProfileGraph } from './types.js';

/** The graph as `graph.json` holds it: a graphology serialisation that `Graph.from` reads too. Equal graphs, equal files. */
export function serializeGraph(graph: ProfileGraph): GraphFile {
  const { attributes, nodes, edges } = graph.export();
  const { name, notes } = graph.getAttributes();
  return {
    options: { type: 'directed', multi: false, allowSelfLoops: true },
    attributes: { ...attributes, name, format: 'routeprofile-graph-1', notes },
    nodes: nodes.map(({ key }) => ({ key, attributes: graph.getNodeAttributes(key) })),
    edges: edges.map(({ source, target, key }) => ({ source, target, attributes: graph.getEdgeAttributes(key) })),
  };
}

const PROBLEMS_SHOWN = 20;

/**
 * `graph.json` → graph, everything checked: keys, types, relations, ends, scores.
 * @param what the file's name, for messages
 * @throws RouteProfileError CORRUPT_FILE naming every problem (the first 20).
 */
export function parseGraph(file: unknown, what = 'graph.json'): ProfileGraph {
  const parsed = graphFileSchema.safeParse(file);
  if (!parsed.success) throw corrupt(what, parsed.error.issues.map(issueText));
  const problems = problemsOf(parsed.data);
  if (problems.length > 0) throw corrupt(what, problems);

  const { attributes, nodes, edges } = parsed.data;
  const { graph, addNode, addEdge } = startGraph(attributes.name, notesOf(attributes.notes));
  const names = new Map<string, string>();
  for (const { key, attributes } of nodes) {
    names.set(key, attributes.name);
    addNode(attributes.type, attributes.name, attributes.text);
  }
  for (const { source, target, attributes } of edges)
    if (isRelationName(attributes.relation))
      addEdge(attributes.relation, names.get(source)!, names.get(target)!, attributes.score);
  return graph;
}

const notesOf = (notes: unknown): string[] =>
  Array.isArray(notes) ? notes.filter((note): note is string => typeof note === 'string') : [];

function problemsOf({ nodes, edges }: GraphFile): string[] {
  const problems: string[] = [];
  const types = new Map<string, string>();
  nodes.forEach(({ key, attributes: { type, name } }, i) => {
    if (key !== nodeKey(type, name)) problems.push(`nodes.${i}.key: is '${key}', expected '${nodeKey(type, name)}'`);
    if (types.has(key)) problems.push(`nodes.${i}: node '${key}' occurs twice`);
    types.set(key, type);
  });
  const seen = new Set<string>();
  const scored = new Map<string, boolean>();
  edges.forEach(({ source, target, attributes: { relation, score } }, i) => {
    const wrong = (message: string) => problems.push(`edges.${i}: ${message}`);
    if (!isRelationName(relation))
      return wrong(`relation '${relation}' does not exist, expected ${Object.keys(RELATIONS).join(', ')}`);
    for (const [key, type] of [
      [source, RELATIONS[relation].source],
      [target, RELATIONS[relation].target],
    ] as const)
      if (!types.has(key)) wrong(`there is no node '${key}'`);
      else if (types.get(key) !== type) wrong(`'${key}' is a ${types.get(key)}, ${relation} expects a ${type}`);
    const pair = JSON.stringify([source, target]);
    if (seen.has(pair)) wrong(`the edge from '${source}' to '${target}' occurs twice`);
    seen.add(pair);
    if ((scored.get(relation) ?? score !== undefined) !== (score !== undefined))
      wrong(`some edges of ${relation} have a score and this one ${score === undefined ? 'has none' : 'has one'}`);
    scored.set(relation, scored.get(relation) ?? score !== undefined);
  });
  return problems;
}

function corrupt(what: string, problems: readonly string[]): RouteProfileError {
  const details = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `${what}: ${problem}`);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new RouteProfileError('CORRUPT_FILE', `${what}: ${problems[0] ?? 'unreadable'}${more}`, {
    hint: 'Build the graph again with `npx @routeprofile/cli graph build`.',
    details,
  });
}
