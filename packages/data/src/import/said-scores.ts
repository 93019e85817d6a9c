/** What a record says of a call, or of what a call belongs to. */
export interface SaidScore {
  /** Of the call, or of what it belongs to. */
  id: string;
  name: string;
  /** Who says it. Default: nobody in particular. */
  source?: string;
  /** Undefined for what was said in words alone. */
  score: unknown;
  /** Names it among what was said of the call: what is said again under it replaces what was said. Default: nothing is replaced. */
  key?: string;
}

/** Judgements that stand in records of their own, or of other records: all are read before the first call. */
export class SaidScores {
  /** By call and by what names the judgement there, in the order in which they were said. */
  private readonly all = new Map<string, Map<string | number, SaidScore>>();
  private readonly sources = new Map<string, Set<string>>();

  add(said: SaidScore): void {
    const own = this.all.get(said.id) ?? new Map<string | number, SaidScore>();
    const key = said.key ?? own.size;
    own.delete(key);
    this.all.set(said.id, own.set(key, said));
    const sources = this.sources.get(said.name) ?? new Set();
    this.sources.set(said.name, sources.add(said.source ?? ''));
  }

  /** What was said of a call, in the order in which it was said. */
  of(id: string): readonly SaidScore[] {
    return [...(this.all.get(id)?.values() ?? [])];
  }

  /** How many sources there are, in all, for one name. */
  sourcesOf(name: string): number {
    return this.sources.get(name)?.size ?? 0;
  }
}
