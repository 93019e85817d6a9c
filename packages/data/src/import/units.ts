/** How many of a latency's units make a second. */
export const LATENCY_UNITS = { us: 1e6, ms: 1e3, s: 1, min: 1 / 60 } as const;
export type LatencyUnit = keyof typeof LATENCY_UNITS;

/** What is measured in units of several names. */
export type UnitRole = 'latency' | 'cost';

/** How many make a second or a dollar, by the words of names. */
const UNITS: Readonly<Record<UnitRole, ReadonlyMap<string, number>>> = {
  latency: byWord([
    [LATENCY_UNITS.us, 'us', 'micros', 'microseconds'],
    [LATENCY_UNITS.ms, 'ms', 'msec', 'msecs', 'millis', 'milliseconds'],
    [LATENCY_UNITS.s, 's', 'sec', 'secs', 'second', 'seconds'],
    [LATENCY_UNITS.min, 'min', 'mins', 'minutes'],
  ]),
  cost: byWord([
    [1, 'usd', 'dollar', 'dollars'],
    [100, 'cent', 'cents'],
    [1e5, 'millicent', 'millicents'],
    [1e6, 'microdollar', 'microdollars', 'microusd'],
  ]),
};

function byWord(units: readonly (readonly [per: number, ...words: string[]])[]): ReadonlyMap<string, number> {
  return new Map(units.flatMap(([per, ...words]) => words.map((word) => [word, per] as const)));
}

/** The words of a name in lower case: `promptTokens`, `prompt_tokens` and `Prompt Tokens` are the same two. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** How many of the units that a name speaks of make ours: `latency_ms` ends with its unit, `cost_cents_total` has it anywhere. */
export function unitOfName(role: UnitRole, name: string): number | undefined {
  const words = wordsOf(name);
  const word = role === 'latency' ? words.at(-1) : words.findLast((one) => UNITS.cost.has(one));
  return UNITS[role].get(word ?? '');
}

/** The words of a name without its unit: `cost` of `cost_in_cents`. Undefined where it has none. */
export function withoutUnit(role: UnitRole, name: string): string | undefined {
  const words = wordsOf(name);
  const rest = role === 'latency' ? words.slice(0, -1) : words.filter((word) => word !== 'in' && !UNITS.cost.has(word));
  return unitOfName(role, name) === undefined ? undefined : rest.join(' ');
}

/** A number in a unit of its own, as it is written. */
export class Measured {
  /** @param unit how many of its units make a dollar or a second, or the name that may say so */
  constructor(
    readonly value: unknown,
    readonly unit: number | string,
  ) {}
}

/** The units of all that is imported: told by an option, else by names, else dollars and seconds. */
export class Units {
  /** The option was used. */
  used = false;
  /** Latencies were taken for seconds, though nothing says so. */
  assumed = false;

  /** @param latency the unit of latencies that was asked for */
  constructor(private readonly latency: LatencyUnit | undefined) {}

  /** How many of the units of what stands under a name make ours. */
  of(role: UnitRole, name: string): number {
    if (role === 'latency' && this.latency !== undefined) {
      this.used = true;
      return LATENCY_UNITS[this.latency];
    }
    const told = unitOfName(role, name);
    if (told === undefined && role === 'latency') this.assumed = true;
    return told ?? 1;
  }
}
