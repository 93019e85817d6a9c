import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import {
  atHome,
  decide,
  pinned,
  readChat,
  trainedDemands,
  whatLacksOf,
  moving,
  staying,
  type Decision,
  type Health,
  type SessionPins,
} from '@routeprofile/gateway/core';
import { messageOf, RouteProfileError, z, type Candidate, type Requirements } from '@routeprofile/schema';
import { chatBodyOf } from './read-call.js';
import type { OpenedSettings } from './settings.js';

/** Our name among providers. */
export const PROVIDER = 'routeprofile';

/** What a model's name stands for. */
export type Target = { kind: 'route' } | { kind: 'candidate'; id: string };

/** What a caller may say to us in `providerOptions.routeprofile`. */
const callSchema = z.strictObject({
  /** The conversation, for records, and to keep it with who answers it. */
  session: z.string().max(200).optional(),
  /** What cannot be read from a prompt. */
  requirements: z.strictObject({ local: z.boolean().optional(), region: z.string().optional() }).optional(),
});

/** A call that was read and decided on, before any model is called. */
export interface Prepared {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  target: Target;
  text: string;
  requirements: Requirements;
  session: string | undefined;
  promptTokens: number;
  decision: Decision;
  /** Who may be tried, in order. */
  order: readonly Candidate[];
  /** Who cannot answer, and why. */
  leftOut: readonly { model: string; why: string }[];
  /** Who could answer but is left alone for a while. */
  cooling: readonly string[];
}

/** @throws RouteProfileError BAD_OPTION */
function ownOptions({ providerOptions }: LanguageModelV3CallOptions): z.infer<typeof callSchema> {
  const { data, error } = callSchema.safeParse(providerOptions?.[PROVIDER] ?? {});
  if (data) return data;
  throw new RouteProfileError('BAD_OPTION', `providerOptions.${PROVIDER} cannot be read`, {
    hint: 'It may have `session` (a text) and `requirements` ({ local, region }).',
    details: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  });
}

/** Keeps a conversation with who answered it, where that is wanted and the caller named it. */
export function keepSession(
  { session, target, decision }: Prepared,
  model: string,
  { sessionMs, tenant }: OpenedSettings,
  pins: SessionPins,
): void {
  if (sessionMs === undefined || session === undefined || target.kind === 'candidate') return;
  pins.set(tenant, session, { model, ranked: decision.ranked }, sessionMs);
}

/**
 * Reads a call and decides on it.
 * @throws RouteProfileError UNSUPPORTED where no model may answer; whatever the router throws, where there is no `onLate`
 */
export async function prepare(
  target: Target,
  options: LanguageModelV3CallOptions,
  settings: OpenedSettings,
  health: Health,
  pins: SessionPins,
): Promise<Prepared> {
  const { router, maxChars, deadlineMs, onLate, clock, logger } = settings;
  const { session, requirements: said = {} } = ownOptions(options);
  const read = await readChat(chatBodyOf(options), target.kind === 'route' ? router : undefined, maxChars);
  const { text, promptTokens, personal } = read;
  const { local, region } = said;
  // Nothing that a caller says takes back what was found.
  const requirements = {
    ...read.requirements,
    ...(local === true && { local }),
    ...(region !== undefined && { region }),
  };
  const at = clock.now();
  const routed = () =>
    decide(
      {
        router,
        text,
        requirements,
        signal: options.abortSignal ?? new AbortController().signal,
        failed: (error) => logger?.warn(`the router failed: ${messageOf(error)}`),
        ...(deadlineMs !== undefined && { deadlineMs }),
        ...(onLate !== undefined && { onLate }),
      },
      clock,
    );
  const demands = target.kind === 'route' ? trainedDemands(router) : [];
  const whyNot = (model: string): string | null => {
    const candidate = settings.candidates.get(model);
    if (candidate === undefined || !settings.models.has(model)) return 'no model';
    return whatLacksOf(candidate, requirements, demands);
  };
  const pin =
    settings.sessionMs !== undefined && session !== undefined ? pins.get(settings.tenant, session) : undefined;
  const stays = pin && (whyNot(pin.model) ?? (health.usable(pin.model) ? null : 'is out of service for now'));
  const chosen =
    target.kind === 'candidate'
      ? pinned(target.id)
      : pin === undefined
        ? await routed()
        : stays === null
          ? staying(pin)
          : moving(await routed(), pin, `may not answer this call (${stays})`);
  const decision = atHome(chosen, personal);
  const order: Candidate[] = [];
  const leftOut: { model: string; why: string }[] = [];
  const cooling: string[] = [];
  for (const { model } of decision.ranked) {
    const candidate = settings.candidates.get(model);
    const why = whyNot(model);
    if (candidate === undefined || why !== null) leftOut.push({ model, why: why ?? 'no model' });
    // Whoever names a model wants that one, however it has done of late.
    else if (target.kind === 'candidate' || health.usable(model)) order.push(candidate);
    else cooling.push(model);
  }
  return {
    id: settings.newId(),
    at,
    target,
    text,
    requirements,
    session,
    promptTokens,
    decision,
    order: order.slice(0, settings.attempts),
    leftOut,
    cooling,
  };
}
