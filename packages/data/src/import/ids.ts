import { hash53, HashSet } from './group/hash.js';
import type { Query } from './group/group.js';

/** Queries that have an id in common. */
interface Sharing {
  id: string;
  queries: number;
  /** Different texts and tasks among them. */
  texts: Set<number>;
  tasks: Set<string>;
  splits: Set<string>;
  /** Some of them have none. */
  noTask: boolean;
  noSplit: boolean;
}

/**
 * Gives each query an id of its own: the first that its calls had, or a number. An id that several queries share gets the task
 * in front, the split where that is what differs, and a number where neither helps. Ids are kept as hashes: only those that
 * are shared are held as text.
 */
export class IdGiver {
  private readonly known = new HashSet();
  private readonly repeated = new Set<number>();
  private readonly sharing = new Map<number, Sharing>();
  private readonly given = new HashSet();
  private count = 0;

  /** First pass: every query once, in any order. */
  see({ ids }: Query): void {
    for (const id of ids) {
      const hash = hash53(id);
      if (!this.known.add(hash)) this.repeated.add(hash);
    }
  }

  get needsSecondPass(): boolean {
    return this.repeated.size > 0;
  }

  /** Second pass, where it is needed. */
  compare({ ids, query, task, split }: Query): void {
    for (const id of ids) {
      const hash = hash53(id);
      if (!this.repeated.has(hash)) continue;
      const sharing = this.sharing.get(hash) ?? {
        ...{ id, queries: 0, texts: new Set(), tasks: new Set(), splits: new Set(), noTask: false, noSplit: false },
      };
      sharing.queries++;
      sharing.texts.add(hash53(JSON.stringify([task, query])));
      if (task === null) sharing.noTask = true;
      else sharing.tasks.add(task);
      if (split === null) sharing.noSplit = true;
      else sharing.splits.add(split);
      this.sharing.set(hash, sharing);
    }
  }

  /** Last pass: the queries in order. */
  idOf(query: Query): string {
    this.count++;
    const [first] = query.ids;
    if (query.kept !== undefined && first !== undefined) {
      this.given.add(hash53(first));
      return first;
    }
    const id = first === undefined ? `q${this.count}` : this.qualified(first, query);
    let unique = id;
    for (let number = 2; !this.given.add(hash53(unique)); number++) unique = `${id}#${number}`;
    return unique;
  }

  private qualified(id: string, { task, split }: Query): string {
    const sharing = this.sharing.get(hash53(id));
    if (sharing === undefined || sharing.queries === 1) return id;
    if (!sharing.noTask && sharing.tasks.size === sharing.queries) return `${task}:${id}`;
    return !sharing.noSplit && sharing.splits.size === sharing.queries ? `${split}:${id}` : id;
  }

  /** Ids that stand for queries of different text or task. */
  shared(): string[] {
    return [...this.sharing.values()].flatMap((sharing) => (sharing.texts.size > 1 ? [sharing.id] : []));
  }
}
