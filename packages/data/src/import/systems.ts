import { someOf } from '../dataset/text.js';

/** What tells one way of running a model from another, by what it is: `prompt`, `solver`, `date`. */
export type SystemParts = Readonly<Record<string, string>>;

/** Parts that differ between any two runs: they are named where nothing else differs. */
const OF_A_RUN = ['date', 'file'];
const SHOWN = 60;
const shown = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/**
 * The ways in which the models of an import were run, each under a number, and the labels of models whose name stands for several.
 * There are as many as files and prompts, not as calls.
 */
export class Systems {
  private readonly numbers = new Map<string, number>();
  private readonly parts: SystemParts[] = [];
  private readonly labels = new Map<string, Set<string>>();

  /** @param isRun a file is a run of its own, and not a part of a log */
  numberOf(file: string, isRun: boolean, parts: SystemParts = {}): number {
    const key = JSON.stringify([file, parts]);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.parts.length);
    return this.parts.push(isRun ? { ...parts, file } : parts) - 1;
  }

  see(model: string, label: string): void {
    const labels = this.labels.get(model) ?? new Set();
    this.labels.set(model, labels.add(label));
  }

  /** Models whose name stands for several, with what they are called instead. */
  labelled(): [model: string, names: string[]][] {
    return [...this.labels]
      .filter(([, labels]) => labels.size > 1)
      .map(([model, labels]) => [model, [...labels].map((label) => this.nameOf(model, label))]);
  }

  /** A model's name, or its label where the name stands for several. */
  nameOf(model: string, label: string): string {
    if ((this.labels.get(model)?.size ?? 0) < 2) return model;
    const isTaken = [...this.labels].some(
      ([other, labels]) => other !== model && (other === label || labels.has(label)),
    );
    return isTaken ? `${model}: ${label}` : label;
  }

  /** How a model was run, in words: `prompt plain: 10, cot: 10`; undefined where they do not differ. */
  describe(counts: ReadonlyMap<number, number>): { what: string[]; said: string } | undefined {
    const systems = [...counts].map(([number, count]) => ({ parts: this.parts[number]!, count }));
    const names = new Set(systems.flatMap(({ parts }) => Object.keys(parts)));
    const differing = [...names].filter((name) => new Set(systems.map(({ parts }) => parts[name])).size > 1);
    const telling = differing.filter((name) => !OF_A_RUN.includes(name));
    const what = telling.length > 0 ? telling : differing.slice(0, 1);
    if (what.length === 0) return undefined;
    const byName = new Map<string, number>();
    for (const { parts, count } of systems) {
      const name = what.map((part) => shown(parts[part] ?? 'none')).join(' and ');
      byName.set(name, (byName.get(name) ?? 0) + count);
    }
    return {
      what,
      said: `${what.join(' and ')} ${someOf([...byName].map(([name, count]) => `${name}: ${count.toLocaleString('en-US')}`))}`,
    };
  }
}
