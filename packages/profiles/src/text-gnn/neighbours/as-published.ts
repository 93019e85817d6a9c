import { adjacency, type Csr } from '@routeprofile/graph';
import {
  normalizeRows,
  rowOf,
  takeRows,
  type Encoder,
  type HeteroGraph,
  type NodeType,
  type RunContext,
} from '@routeprofile/schema';
import { encodeAll } from '../../common/encode.js';
import {
  dot,
  oneLine,
  summarisedSets,
  type Neighbour,
  type Neighbourhood,
  type Neighbourhoods,
  type NodeTexts,
  type Section,
  type SummarisedType,
} from './neighbourhood.js';

/** Characters of a domain's text in a heading and on a line. */
const HEADING = 120;
const LINE = 60;

interface Candidate {
  type: NodeType;
  node: number;
  text: string;
  score: number | undefined;
  similarity: number;
}

/**
 * The neighbours as the published code chooses them, anew at every hop: of each type the topK nearest by text, nodes of equal
 * text merged, queries in the order of the file because their texts have no vector, no scores where the edge has none, tasks
 * of a model under each of their domains, twice, because both directions of the edges are walked.
 * @param texts as they stand after the hop before; all but queries are encoded, each distinct text once
 */
export async function neighboursAsPublished(
  graph: HeteroGraph,
  texts: NodeTexts,
  topK: number,
  encoder: Encoder,
  ctx: RunContext,
): Promise<Neighbourhoods> {
  const similarity = await similarities(graph, texts, encoder, ctx);
  const views = adjacency(graph);
  const collect = (type: NodeType, node: number): Map<NodeType, Candidate[]> => {
    const groups = new Map<NodeType, Candidate[]>();
    for (const view of views.filter(({ rowType }) => rowType === type))
      for (const { neighbour, edge } of entries(view, node)) {
        const group = groups.get(view.neighbourType) ?? [];
        groups.set(view.neighbourType, group);
        const text = texts[view.neighbourType]![neighbour]!;
        if (group.some((other) => other.text === text)) continue;
        group.push({
          type: view.neighbourType,
          node: neighbour,
          text,
          score: view.relation.scores?.[edge],
          similarity: similarity([type, node], [view.neighbourType, neighbour]),
        });
      }
    for (const [key, group] of groups)
      if (group.length > topK) groups.set(key, group.sort((a, b) => b.similarity - a.similarity).slice(0, topK));
    return groups;
  };
  /** Twice, as both stored directions are walked. */
  const domainsOf = (task: number): number[] => {
    const once = views
      .filter(({ rowType, neighbourType }) => rowType === 'task' && neighbourType === 'domain')
      .flatMap((view) => entries(view, task).map(({ neighbour }) => neighbour));
    return [...once, ...once];
  };
  const around = (type: SummarisedType, node: number): Neighbourhood => {
    const groups = collect(type, node);
    const sections = [...groups].flatMap(([kind, group]) =>
      type === 'model' && kind === 'task'
        ? byDomain(group, domainsOf, texts.domain ?? [])
        : [{ ...SECTIONS[kind], neighbours: group.map((one) => lineOf(one)) }],
    );
    return { type, node, facts: [], sections };
  };
  return Object.fromEntries(
    summarisedSets(graph).map(({ type, names }) => [type, names.map((_, node) => around(type, node))]),
  );
}

const SECTIONS: Record<NodeType, Pick<Section, 'kind' | 'heading'>> = {
  family: { kind: 'family', heading: 'Family' },
  model: { kind: 'models', heading: 'Models' },
  task: { kind: 'tasks', heading: 'Benchmarks' },
  domain: { kind: 'domains', heading: 'Domains' },
  query: { kind: 'queries', heading: 'Representative queries' },
  entity: { kind: 'entities', heading: 'Entities' },
};

const lineOf = ({ type, node, score }: Candidate, domains: readonly string[] = []): Neighbour => {
  const about = [
    ...(score === undefined ? [] : [`score ${score.toFixed(2)}`]),
    ...(domains.length === 0 ? [] : [`domains ${domains.map((text) => oneLine(text).slice(0, LINE)).join(', ')}`]),
  ];
  return { type, node, weight: 1, ...(about.length > 0 && { about: about.join('; ') }) };
};

/** A section a domain text, in the order first seen, then the tasks without a domain. */
function byDomain(
  tasks: readonly Candidate[],
  domainsOf: (task: number) => readonly number[],
  domainTexts: readonly string[],
): Section[] {
  const under = new Map<string, Neighbour[]>();
  const without: Neighbour[] = [];
  for (const task of tasks) {
    const domains = domainsOf(task.node).map((domain) => domainTexts[domain]!);
    const line = lineOf(task, domains);
    if (domains.length === 0) without.push(line);
    for (const text of domains) under.set(text, [...(under.get(text) ?? []), line]);
  }
  const headed = [...under].map(([text, neighbours]): Section => ({
    kind: 'tasks',
    heading: `Benchmarks of: ${oneLine(text).slice(0, HEADING)}`,
    neighbours,
  }));
  return without.length === 0 ? headed : [...headed, { kind: 'tasks', heading: 'Benchmarks', neighbours: without }];
}

/** Cosines of current texts; 0 where one is a query or an entity, which only queries know. */
async function similarities(graph: HeteroGraph, texts: NodeTexts, encoder: Encoder, ctx: RunContext) {
  const types = graph.nodes.map(({ type }) => type).filter((type) => type !== 'query' && type !== 'entity');
  const distinct = [...new Set(types.flatMap((type) => texts[type]!))];
  const rows = new Map(distinct.map((text, i) => [text, i]));
  const vectors = normalizeRows(await encodeAll(distinct, encoder, ctx));
  const unit = Object.fromEntries(
    types.map((type) => [
      type,
      takeRows(
        vectors,
        texts[type]!.map((text) => rows.get(text)!),
      ),
    ]),
  );
  return ([typeA, a]: [NodeType, number], [typeB, b]: [NodeType, number]): number => {
    const [left, right] = [unit[typeA], unit[typeB]];
    return left && right ? dot(rowOf(left, a), rowOf(right, b)) : 0;
  };
}

const entries = ({ offsets, neighbours, edges }: Csr, row: number): { neighbour: number; edge: number }[] =>
  Array.from({ length: offsets[row + 1]! - offsets[row]! }, (_, i) => ({
    neighbour: neighbours[offsets[row]! + i]!,
    edge: edges[offsets[row]! + i]!,
  }));
