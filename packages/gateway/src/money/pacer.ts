import { paceAfter, startPacing, stillExpected, type Pacing, type PacingStart } from '@routeprofile/routers';
import { shareLeft, windowOf } from '../store/window.js';
import type { BudgetConfig, PacingConfig } from './budget-config.js';

/** A budget that is paced, as a configuration has it. */
export interface PacedBudget extends Omit<BudgetConfig, 'pacing'> {
  /** Whose money it is, as the store names it. */
  scope: string;
  pacing: PacingConfig;
  /** What training rows of its routers say, the dearest start first; none where nothing was learned. */
  learned: readonly { lambda: number; pacing: Pacing }[];
}

/** What a pacer says of itself. */
export interface PacerState {
  /** Chances of being right per dollar. */
  lambda: number;
  /** Dollars left in the present window when that was last looked up, less what was spent here since; undefined before. */
  left: number | undefined;
}

/** How many average requests a request counts for at a cost weight λ. */
export type Demand = (lambda: number) => number;

/** Moves λ of one budget as money is spent. What it knows is this process's; the money left is that of all who share the store. */
export interface Pacer {
  /** Takes the budget's settings; λ stays. */
  configure(budget: PacedBudget): void;
  readonly lambda: number;
  /** Money is held back for an attempt; negative when it is settled. */
  held(dollars: number): void;
  /**
   * A request that called somebody has ended.
   * @param cost dollars of all its attempts
   * @param demand how many average requests it counts for, at λ (`demandOf`); without it, one
   * @throws whatever the store does
   */
  ended(cost: number, demand?: Demand): Promise<void>;
  look(): PacerState;
}

/** Requests after which a first window without a forecast is judged by its rate. */
const ENOUGH = 20;
/** Milliseconds for which money that was looked up is taken to be what is left, less what was spent here. */
const FRESH_MS = 1_000;
/** Share of a window that may be over when its first request comes here, for it to count as seen whole. */
const NEARLY_WHOLE = 0.02;

/** What came in one window. */
interface Seen {
  name: string;
  /** Share of the window that was left when it was first looked at. */
  from: number;
  /** Requests here, and the dollars that they cost. */
  requests: number;
  dollars: number;
  /** λ after each of them, added up. */
  lambdas: number;
  /** Requests of all who share the store, estimated. */
  everywhere: number;
  /** Dollars spent by all: when first looked up, and at last. */
  first?: number;
  money?: { at: number; spent: number };
}

/**
 * @param spent dollars spent and held of a scope in its present window, everywhere
 * @param now milliseconds since 1970
 */
export function createPacer(
  budget: PacedBudget,
  spent: (scope: string, per: BudgetConfig['per']) => Promise<number>,
  now: () => number,
): Pacer {
  let settings = budget;
  let holding = 0;
  /** Requests of a whole window, as earlier ones had them. */
  let usual: number | undefined;
  let window: Seen | undefined;
  let looking: Promise<void> | undefined;
  /** Absent until it is known what is due. */
  let start: PacingStart | undefined;
  let lambda = beginning(settings);

  const enter = (): Seen => {
    const at = now();
    const name = windowOf(settings.per, at);
    if (window?.name === name) return window;
    if (window && (window.from >= 1 - NEARLY_WHOLE || (window.first ?? 0) > 0)) {
      const total = Math.max(window.requests, window.everywhere);
      usual = usual === undefined ? total : (usual + total) / 2;
    }
    // Its last steps were long ones.
    if (window && window.requests > 0) lambda = window.lambdas / window.requests;
    window = { name, from: shareLeft(settings.per, at), requests: 0, dollars: 0, lambdas: 0, everywhere: 0 };
    return window;
  };
  const lookUp = async (seen: Seen): Promise<void> => {
    const at = now();
    const total = Math.max(0, (await spent(settings.scope, settings.per)) - holding);
    seen.first ??= Math.max(0, total - seen.dollars);
    seen.money = { at, spent: total };
  };
  /** Dollars spent by all, without what is held here. */
  const look = async (seen: Seen, cost: number): Promise<number> => {
    // A clock that was set back would leave it fresh until it has caught up.
    if (!seen.money || Math.abs(now() - seen.money.at) >= FRESH_MS) {
      // Whoever comes while it is looked up waits for the same answer, which was on its way before.
      const first = looking === undefined;
      looking ??= lookUp(seen).finally(() => (looking = undefined));
      await looking;
      if (first && seen.money) return seen.money.spent;
    }
    if (seen.money) return (seen.money.spent += cost);
    return seen.dollars;
  };
  /** Requests of all that are still expected; undefined as long as nobody can tell. */
  const expected = (seen: Seen, total: number): number | undefined => {
    // Others are seen by what they spend: a request costs them on average what one here does.
    const each = seen.dollars / seen.requests;
    const countOf = (dollars: number) => Math.max(seen.requests, each > 0 ? dollars / each : 0);
    seen.everywhere = countOf(total);
    const left = shareLeft(settings.per, now());
    const { requests } = settings.pacing;
    const forecast = requests === 'learn' ? usual : requests;
    if (forecast !== undefined) return stillExpected(forecast, seen.everywhere, left);
    if (seen.requests < ENOUGH || left >= seen.from) return undefined;
    return (countOf(total - (seen.first ?? 0)) * left) / (seen.from - left);
  };

  return {
    configure(next) {
      settings = next;
      start = undefined;
    },
    get lambda() {
      enter();
      return lambda;
    },
    held(dollars) {
      holding = Math.max(0, holding + dollars);
    },
    async ended(cost, demand = () => 1) {
      const seen = enter();
      seen.requests++;
      seen.dollars += cost;
      const total = await look(seen, cost);
      const left = Math.max(0, settings.dollars - total);
      const still = expected(seen, total);
      if (still !== undefined) {
        if (start === undefined) {
          start = startOf(settings, (left + cost) / Math.max(1, still + 1));
          // A λ that has moved already is worth more than what training rows say.
          if (lambda === beginning(settings)) lambda = start.lambda;
        }
        const spending = { left, seen: seen.everywhere, expected: still, demand: demand(lambda) };
        lambda = paceAfter(lambda, start.rate, cost, spending);
      }
      seen.lambdas += lambda;
    },
    look: () => ({
      lambda,
      left:
        window?.money && windowOf(settings.per, now()) === window.name
          ? Math.max(0, settings.dollars - window.money.spent)
          : undefined,
    }),
  };
}

/** λ before anything is known of what is due. */
function beginning({ pacing, dollars, learned }: PacedBudget): number {
  if (pacing.lambda !== undefined) return pacing.lambda;
  if (pacing.requests !== 'learn') return startOf({ pacing, dollars, learned }, dollars / pacing.requests).lambda;
  return Math.max(0, ...learned.map(({ lambda }) => lambda));
}

/** @param due dollars that a request may cost on average */
function startOf({ pacing, learned }: Pick<PacedBudget, 'pacing' | 'dollars' | 'learned'>, due: number): PacingStart {
  const starts = learned.map((one) => startPacing(one.pacing, due));
  // Routers that share a budget begin at the highest of their prices: money that is saved can still be spent.
  const dearest = starts.reduce<PacingStart | undefined>((a, b) => (a && a.lambda >= b.lambda ? a : b), undefined);
  const lambda = pacing.lambda ?? dearest?.lambda ?? 0;
  return { lambda, rate: pacing.rate ?? dearest?.rate ?? lambda };
}
