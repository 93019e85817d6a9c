import { messageOf, type Decision } from '@routeprofile/schema';
import { millisecondsOf } from '../config/duration.js';
import type { Route } from '../config/snapshot.js';
import type { RoutingRequest } from '../contracts/request.js';
import type { Pin } from '../decide/session-pins.js';
import type { Advice } from '../session/monitors.js';
import { moveWorth } from '../session/priced-switch.js';
import { inToolLoop, recentTurns } from '../session/turns.js';
import { itemsOf } from '../wire/format.js';
import type { ReadRequest } from '../wire/read-request.js';
import type { Serving } from './context.js';
import type { Exchange } from './exchange.js';
import { because, staying, whyMove, type Stay } from './stay.js';

/** A turn of a conversation, before it is decided who answers. */
export interface TurnOfSession {
  route: Route;
  routing: RoutingRequest;
  stay: Stay | undefined;
  read: ReadRequest;
  request: Exchange;
}

const STEP_HEADER = 'x-routeprofile-step';
/** Characters of a step's name that are kept. */
const LONGEST_STEP = 200;

/** Whether a route looks at each turn of a conversation that could go on where it is. */
export const watchesTurns = ({ settings: { session } }: Route): boolean =>
  session !== undefined && (session.monitors.length > 0 || session.switch === 'priced');

/** Notes what the next turn will want to know of this one. */
export function beginTurn({ request }: TurnOfSession, { pin, next }: Stay): void {
  const step = request.headers.get(STEP_HEADER)?.slice(0, LONGEST_STEP) ?? pin?.step;
  if (step !== undefined) next.step = step;
  if (pin?.wentUpAt !== undefined) next.wentUpAt = pin.wentUpAt;
}

/**
 * The decision on a conversation that could stay with who answered it.
 * @param fresh the router's decision on this turn
 */
export async function goingOn(
  turn: TurnOfSession,
  stay: Stay,
  pin: Pin,
  fresh: () => Promise<Decision>,
  serving: Serving,
): Promise<Decision> {
  const { verdict, by } = observed(turn, stay, pin, serving);
  if (verdict === 'release') {
    delete stay.next.wentUpAt;
    return because(await fresh(), `${by} ended what ${pin.model} answered`);
  }
  if (verdict === 'escalate') {
    const above = thoseAbove(turn, pin, serving);
    const [next] = above;
    // With nobody above, the turns so far have been seen.
    stay.next.wentUpAt = itemsOf(turn.read.asked.turns).length;
    if (next === undefined) return because(staying(pin), `${by} found it stuck, and nobody is above ${pin.model}`);
    return because(led(above, pin), `${by} found it stuck with ${pin.model}; ${next} takes over`);
  }
  return moved(turn, pin, fresh, serving);
}

/** What the route's monitors say; the first that does not say `stay`. */
function observed(
  { route, read }: TurnOfSession,
  { next }: Stay,
  pin: Pin,
  { monitors, logger }: Serving,
): { verdict: Advice; by: string } {
  const names = route.settings.session?.monitors ?? [];
  if (names.length === 0) return { verdict: 'stay', by: '' };
  const { turns } = read.asked;
  // A conversation that its client cut short has other turns than before.
  const from = pin.wentUpAt !== undefined && pin.wentUpAt <= itemsOf(turns).length ? pin.wentUpAt : 0;
  const seen = recentTurns(turns, from);
  for (const name of names) {
    const monitor = monitors.get(name);
    if (monitor === undefined) continue;
    try {
      const { step } = next;
      const verdict = monitor.observe(seen, {
        model: pin.model,
        ...(step !== undefined && { step }),
        ...(pin.step !== undefined && { lastStep: pin.step }),
      });
      if (verdict !== 'stay') return { verdict, by: name };
    } catch (error) {
      logger?.warn(`the monitor ${name} failed, and the conversation stays: ${messageOf(error)}`);
    }
  }
  return { verdict: 'stay', by: '' };
}

/** Candidates above that may answer, the next one first: those of the ladder, else by expected quality. */
function thoseAbove({ route, routing }: TurnOfSession, { model, ranked }: Pin, serving: Serving): string[] {
  const may = (one: string) => whyMove(one, route, routing.wire, routing.requirements, serving) === null;
  const ladder = route.settings.session?.ladder;
  // Who is on no rung begins at the lowest.
  if (ladder) return ladder.slice(ladder.indexOf(model) + 1).filter(may);
  const worth = ({ probability, score }: Pin['ranked'][number]) => probability ?? score;
  const own = ranked.find((one) => one.model === model);
  return ranked
    .filter((one) => own !== undefined && worth(one) > worth(own) && may(one.model))
    .sort((a, b) => worth(a) - worth(b))
    .map((one) => one.model);
}

/** Where the route weighs prices: to whom it is worth moving, or who answered before. */
async function moved(
  { route, routing, read }: TurnOfSession,
  pin: Pin,
  fresh: () => Promise<Decision>,
  serving: Serving,
): Promise<Decision> {
  const { session } = route.settings;
  const { last } = pin;
  if (session?.switch !== 'priced' || last === undefined || pin.wentUpAt !== undefined) return staying(pin);
  if (inToolLoop(recentTurns(read.asked.turns))) return staying(pin);
  const lambda = (route.lambda ?? 0) + (route.added?.() ?? 0);
  const decision = await fresh();
  const move = moveWorth({
    model: pin.model,
    last,
    cached: serving.clock.now() - last.at < millisecondsOf(session.cached),
    promptTokens: read.promptTokens,
    decision,
    lambda,
    margin: session.margin,
    candidateOf: (model) =>
      whyMove(model, route, routing.wire, routing.requirements, serving) === null
        ? serving.snapshot.candidates.get(model)
        : undefined,
  });
  if (move === null) return staying({ ...pin, ranked: decision.ranked });
  const [cost, stayCost] = [move.cost, move.stayCost].map((amount) => `$${Number(amount.toPrecision(2))}`);
  return because(
    led([move.model], { ...pin, ranked: decision.ranked }),
    `${move.model} (${cost}) is worth leaving ${pin.model} (${stayCost} with its cache) at λ = ${Number(lambda.toPrecision(3))}`,
  );
}

/** These candidates in front, then the others as they were ranked. */
function led(front: readonly string[], { ranked }: Pin): Decision {
  const entries = front.map((model) => ranked.find((one) => one.model === model) ?? { model, score: 0 });
  const others = ranked.filter(({ model }) => !front.includes(model));
  return { model: front[0]!, ranked: [...entries, ...others], reasons: [] };
}
