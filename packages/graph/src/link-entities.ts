import { entitiesOf } from './entities.js';

/** An entity that one query mentions links nothing. */
const FEWEST_QUERIES = 2;
/** What more of all queries mention tells none apart; of so few, two may share anything. */
const MOST_OF_ALL = 0.1;
/** What more of a task's queries mention says no more than the task, such as the words of a prompt's frame. */
const MOST_OF_TASK = 0.5;
/** Tasks with fewer queries are not asked. */
const TASK_QUERIES = 4;

/** A query of a graph: its name and text, and the task it hangs on. */
export interface MentioningQuery {
  name: string;
  text: string;
  task: string;
}

export interface LinkedEntities {
  /** In the order in which they first appear. */
  entities: string[];
  /** By query, in their order. */
  links: [query: string, entity: string][];
  /** What was left out, with its numbers. */
  note: string;
}

/**
 * The entities that link queries (after AgentRouter, arXiv 2510.05445, which takes them from a language model; here `entitiesOf` finds
 * them). Left out are the rare, which one query alone mentions, and the ubiquitous: in more than 10 % of all queries (and more than two),
 * or in more than half of those of a task with four or more.
 */
export function linkEntities(queries: readonly MentioningQuery[]): LinkedEntities {
  const mentioned = queries.map(({ text }) => entitiesOf(text));
  const counts = new Map<string, { all: number; byTask: Map<string, number> }>();
  const sizes = new Map<string, number>();
  queries.forEach(({ task }, q) => {
    sizes.set(task, (sizes.get(task) ?? 0) + 1);
    for (const entity of mentioned[q]!) {
      const count = counts.get(entity) ?? { all: 0, byTask: new Map<string, number>() };
      count.all++;
      count.byTask.set(task, (count.byTask.get(task) ?? 0) + 1);
      counts.set(entity, count);
    }
  });
  const most = Math.max(FEWEST_QUERIES, MOST_OF_ALL * queries.length);
  const kept = new Set<string>();
  let [rare, ubiquitous] = [0, 0];
  for (const [entity, { all, byTask }] of counts)
    if (all < FEWEST_QUERIES) rare++;
    else if (all > most || [...byTask].some(([task, count]) => fills(count, sizes.get(task)!))) ubiquitous++;
    else kept.add(entity);
  const links = queries.flatMap(({ name }, q) =>
    mentioned[q]!.filter((entity) => kept.has(entity)).map((entity): [string, string] => [name, entity]),
  );
  const linked = new Set(links.map(([query]) => query)).size;
  const number = (n: number) => n.toLocaleString('en-US');
  return {
    entities: [...kept],
    links,
    note:
      `of ${number(counts.size)} entities in ${number(queries.length)} queries, ${number(kept.size)} are nodes, which ${number(linked)} queries mention; ` +
      `left out: ${number(rare)} that one query alone mentions, and ${number(ubiquitous)} in more than ${MOST_OF_ALL * 100} % of all queries or half of a task's. A model's profile sees them from three hops on`,
  };
}

const fills = (count: number, size: number): boolean => size >= TASK_QUERIES && count > MOST_OF_TASK * size;
