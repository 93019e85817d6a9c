import { throwIfAborted } from '@routeprofile/schema';
import { BOUNDED, type Call, type Field } from '../calls.js';
import { isJudge } from '../../dataset/judge.js';
import type { Fields } from '../paths.js';
import { hash53, HashSet } from './hash.js';
import { LineStore, type ScratchFolder } from './line-store.js';

/** Numbers of several outcomes, to be averaged. */
export type Sum = [total: number, count: number];

/** All calls of one query: the same text, task and split. */
export interface Query {
  /** Which query of the import it was, by its first call. */
  order: number;
  /** Ids of its calls, each once, in order. */
  ids: string[];
  /** Calls that were put together here. */
  calls: number;
  query: string;
  task: string | null;
  split: string | null;
  answer: string | null;
  /** Its calls do not agree on the answer: the first is kept. */
  answersDiffer: boolean;
  /** Times of its first and last call, in milliseconds since 1970. */
  time: { first: number; last: number } | null;
  models: [model: string, numbers: Partial<Record<Field, Sum>>, sources: string[]][];
  /** Outcomes that were averaged into an earlier one. */
  repeated: number;
  /** Calls under another id of a question than the call of the same model and run before: they may be other questions. */
  collided: number;
  /** Models that were run in several ways: which, and how many outcomes each. */
  systems: [model: string, counts: [system: number, count: number][]][];
  /** Where it stands in a trajectory, by the first of its calls that says so. */
  step?: Call['step'];
  /** The row of the dataset that it is added to, as it was. */
  kept?: Fields;
}

/** How many parts the calls are divided into; one part at a time is held. */
const PARTS = 256;
/** Texts may be long, and begin alike: their ends tell them apart as well. */
const HASHED_CHARACTERS = 512;

const partOf = (query: string): number => {
  const text = query.trim();
  return (
    hash53(
      text.length <= 2 * HASHED_CHARACTERS ? text : text.slice(0, HASHED_CHARACTERS) + text.slice(-HASHED_CHARACTERS),
    ) % PARTS
  );
};

/** Of a text within its task. */
const hashOf = (task: string | null, query: string): number => hash53(JSON.stringify([task, query.trim()]));

/**
 * Puts calls together by query, however far apart they are and however many there are. Calls go into parts by a hash of their
 * text; each part is then grouped by itself, and the groups come back in the order of their first calls. What is beyond
 * some megabytes lies on disk meanwhile.
 */
export class Grouper {
  private readonly calls: LineStore;
  private readonly queries: LineStore;
  /** Calls whose text stands for several questions, under all that was asked. */
  private readonly moved: LineStore;
  private count = 0;
  private hasWholes = false;
  /** Texts that stand for several questions of one task, as hashes. */
  private readonly ambiguous = new HashSet();
  private readonly keptTexts = new HashSet();
  /** Texts that stood for several questions, and the calls whose query is all that was asked instead. */
  readonly toldApart = { texts: 0, calls: 0 };

  /**
   * @param signal is heard with each call that is added or read again, which then throws ABORTED
   * @param held characters that may be held before they go to disk
   */
  constructor(
    folder: ScratchFolder,
    readonly signal?: AbortSignal,
    held?: number,
  ) {
    this.calls = new LineStore(folder, 'calls', PARTS, held);
    this.moved = new LineStore(folder, 'moved', PARTS, held);
    this.queries = new LineStore(folder, 'queries', PARTS, held);
  }

  async add(call: Call): Promise<void> {
    throwIfAborted(this);
    this.hasWholes ||= call.whole !== undefined;
    await this.calls.add(partOf(call.query), JSON.stringify([this.count++, call]));
  }

  /** Adds a row of an earlier dataset, before all calls: calls of the same text and task, and of no other split, belong to it. */
  async keep(kept: Fields, { query, task, split, id }: Pick<Call, 'query' | 'task' | 'split' | 'id'>): Promise<void> {
    const call: Call = { query, task, split, id, answer: null, time: null, outcomes: [] };
    await this.calls.add(partOf(query), JSON.stringify([this.count++, call, kept]));
    this.keptTexts.add(hashOf(task, query));
  }

  /**
   * Finds texts that stand for several questions: within one run one model was asked under the same text, with other ids or without any, and
   * what was asked as a whole differs. The whole is then the query of all calls with that text.
   */
  async tellApart(): Promise<void> {
    if (!this.hasWholes) return;
    for (let part = 0; part < PARTS; part++) {
      const before = this.ambiguous.size;
      const last = new Map<string, { id: string | null; whole: number }>();
      for await (const [, call, kept] of this.read(this.calls, part)) {
        if (kept !== undefined) continue;
        const { task, query, id, system, outcomes, whole = query } = call;
        const text = hashOf(task, query);
        // It was told apart when the rows that are there were imported.
        if (call.whole !== undefined && this.keptTexts.has(hashOf(task, whole))) this.ambiguous.add(text);
        for (const [model] of outcomes) {
          const asked = { id, whole: hash53(whole.trim()) };
          const key = `${text} ${system} ${model}`;
          const known = last.get(key);
          if (known !== undefined && known.whole !== asked.whole && (id === null || known.id !== id))
            this.ambiguous.add(text);
          last.set(key, asked);
        }
      }
      if (this.ambiguous.size === before) continue;
      for await (const [order, call] of this.read(this.calls, part)) {
        if (!this.isMoved(call)) continue;
        const { whole = call.query, ...rest } = call;
        await this.moved.add(partOf(whole), JSON.stringify([order, { ...rest, query: whole }]));
        this.toldApart.calls++;
      }
    }
    this.toldApart.texts = this.ambiguous.size;
  }

  private isMoved({ task, query, whole }: Call): boolean {
    return whole !== undefined && this.ambiguous.has(hashOf(task, query));
  }

  private async *read(store: LineStore, part: number): AsyncGenerator<[order: number, call: Call, kept?: Fields]> {
    for await (const line of store.lines(part)) {
      throwIfAborted(this);
      yield JSON.parse(line) as [number, Call, Fields?];
    }
  }

  private async *settled(part: number): AsyncGenerator<[order: number, call: Call, kept?: Fields]> {
    for await (const read of this.read(this.calls, part)) if (!this.isMoved(read[1])) yield read;
    yield* this.read(this.moved, part);
  }

  /**
   * Groups all calls, once.
   * @param seen sees each query, in no particular order
   * @param nameOf a model's name, by its name in the calls and its label
   */
  async group(
    seen: (query: Query) => void,
    nameOf: (model: string, label: string) => string = (model) => model,
  ): Promise<void> {
    for (let part = 0; part < PARTS; part++) {
      const byKey = new Map<string, Building>();
      const earlier = new Map<string, Building>();
      for await (const [order, call, kept] of this.settled(part)) {
        const { label } = call;
        if (label !== undefined) for (const outcome of call.outcomes) outcome[0] = nameOf(outcome[0], label);
        // Blanks around a text make no other query of it. An id says nothing: it may start again with each task, or be one of a call.
        const key = JSON.stringify([call.split, call.task, call.query.trim()]);
        const anySplit = JSON.stringify([call.task, call.query.trim()]);
        if (kept !== undefined) {
          const row = { ...begun(call, order), kept };
          // A row that is there twice stays there twice.
          byKey.set(byKey.has(key) ? `${key}${order}` : key, row);
          if (!earlier.has(anySplit)) earlier.set(anySplit, row);
          continue;
        }
        const known = byKey.get(key) ?? (call.split === null ? earlier.get(anySplit) : undefined);
        if (known === undefined) byKey.set(key, begun(call, order));
        else put(known, call);
      }
      for (const { ids, models, ...rest } of [...byKey.values()].toSorted((a, b) => a.order - b.order)) {
        const systems = [...models].flatMap(([model, known]) =>
          (known.systems?.size ?? 0) > 1 ? [[model, [...known.systems!]] as Query['systems'][number]] : [],
        );
        const query: Query = { ...rest, ids: [...ids], models: [...models].map(summedUp), systems };
        throwIfAborted(this);
        seen(query);
        await this.queries.add(part, JSON.stringify(query));
      }
    }
    this.calls.clear();
    this.moved.clear();
  }

  /** The queries in the order of their first calls; may be asked for more than once. */
  async *inOrder(): AsyncGenerator<Query> {
    const sources = Array.from({ length: PARTS }, (_, part) => this.queries.lines(part));
    const heads: (Query | undefined)[] = [];
    const next = async (part: number): Promise<void> => {
      const line = await sources[part]!.next();
      heads[part] = line.done === true ? undefined : (JSON.parse(line.value) as Query);
    };
    for (const part of sources.keys()) await next(part);
    for (;;) {
      let first = -1;
      for (const [part, head] of heads.entries())
        if (head !== undefined && (first === -1 || head.order < heads[first]!.order)) first = part;
      if (first === -1) return;
      throwIfAborted(this);
      yield heads[first]!;
      await next(first);
    }
  }
}

interface Outcome {
  sums: Partial<Record<Field, Sum>>;
  sources: Set<string>;
  /** Its outcomes by the way of running the model, where that is known. */
  systems?: Map<number, number>;
  /** The last call with the id of a question. */
  last?: Pick<Call, 'system' | 'id'>;
}

interface Building extends Omit<Query, 'ids' | 'models' | 'systems'> {
  ids: Set<string>;
  models: Map<string, Outcome>;
}

function begun(call: Call, order: number): Building {
  const { query, task, split } = call;
  const made: Building = {
    ...{ order, ids: new Set(), calls: 0, query, task, split, answer: null, answersDiffer: false, time: null },
    ...{ models: new Map(), repeated: 0, collided: 0 },
  };
  put(made, call);
  return made;
}

function put(query: Building, { id, answer, time, outcomes, system, step, isQuestionId }: Call): void {
  query.calls++;
  if (id !== null) query.ids.add(id);
  if (query.answer !== null && answer !== null && answer !== query.answer) query.answersDiffer = true;
  query.answer ??= answer;
  query.step ??= step;
  if (time !== null)
    query.time = {
      first: Math.min(time, query.time?.first ?? time),
      last: Math.max(time, query.time?.last ?? time),
    };
  for (const [model, numbers, source] of outcomes) {
    const known: Outcome = query.models.get(model) ?? { sums: {}, sources: new Set() };
    query.models.set(model, known);
    if (system !== undefined) {
      known.systems ??= new Map();
      known.systems.set(system, (known.systems.get(system) ?? 0) + 1);
    }
    if (isQuestionId && id !== null) {
      if (known.last?.system === system && known.last?.id !== id) query.collided++;
      known.last = { system, id };
    }
    if (source !== undefined) known.sources.add(source);
    const { sums } = known;
    let isRepeated = false;
    for (const [field, value] of Object.entries(numbers) as [Field, number][]) {
      const sum = sums[field];
      isRepeated ||= sum !== undefined;
      sums[field] = [(sum?.[0] ?? 0) + value, (sum?.[1] ?? 0) + 1];
    }
    if (isRepeated) query.repeated++;
  }
}

/** Judges first: a score is theirs as soon as one of them had a part in it. */
const summedUp = ([model, { sums, sources }]: [string, Outcome]) =>
  [model, sums, [...sources].toSorted((a, b) => Number(isJudge(b)) - Number(isJudge(a)))] as Query['models'][number];

/** The mean of some outcomes; a mean may be smaller than what a file may hold: that is nothing. */
export function meanOf(field: Field, [total, count]: Sum): number {
  const value = total / count;
  // A chance that was drawn is never 0: only rounding takes a mean of the smallest below them.
  if (field === 'propensity') return Math.max(value, BOUNDED.propensity.smallest);
  return Math.abs(value) < BOUNDED[field].smallest ? 0 : value;
}
