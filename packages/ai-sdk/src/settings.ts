import type { LanguageModelV2, LanguageModelV3 } from '@ai-sdk/provider';
import type { Clock, DecisionRecord, RequestRouter } from '@routeprofile/gateway/core';
import {
  durationSchema,
  gatewayConfigSchema,
  millisecondsOf,
  routeSchema,
  systemClock,
  timeoutsSchema as endpointTimeouts,
} from '@routeprofile/gateway/core';
import { issueText, meantNames, RouteProfileError, z, type Candidate, type Logger } from '@routeprofile/schema';
import { asV3 } from './as-v3.js';

/** A language model object of the AI SDK, such as `mistral('mistral-small-latest')`. */
export type RoutedModel = LanguageModelV2 | LanguageModelV3;

/** The clocks of one attempt, in milliseconds; there is no connection of ours to be timed. */
const timeoutsSchema = /* @__PURE__ */ endpointTimeouts.omit({ connectMs: true });
/** The clocks of one attempt, in milliseconds. */
export type ModelTimeouts = z.infer<typeof timeoutsSchema>;

/** As the gateway has them. */
const limitsSchema = /* @__PURE__ */ z.object({
  ...routeSchema.pick({ maxChars: true, deadlineMs: true }).shape,
  ...gatewayConfigSchema.pick({ attempts: true, giveUpMs: true }).shape,
  timeouts: timeoutsSchema.prefault({}),
  session: z.strictObject({ ttl: durationSchema }).optional(),
});

/** What every routed model is made of. */
export interface RouteProfileSettings {
  /** Decides. What `openRouter` of `@routeprofile/pipeline` opens is one; `requestRouter` makes one of a router in memory. */
  router: RequestRouter;
  /** Models by the ids of the router's candidates. A candidate without a model is never chosen; records say so. */
  models: Readonly<Record<string, RoutedModel>>;
  /** Names beside `auto` that leave the choice to the router. */
  aliases?: readonly string[];
  /** Characters of the last user message that the router reads. Default 2,000. */
  maxChars?: number;
  /** Milliseconds that the router may take. Default: as long as it takes. */
  deadlineMs?: number;
  /** The candidate that answers when the router is late or fails. Default: the call fails. */
  onLate?: string;
  /**
   * Keeps each conversation with the candidate that answered it, until it has been silent as long as `ttl` says, such as `10m`. Callers name it
   * in `providerOptions.routeprofile.session`; a call that names none is decided for itself. Default: every call is.
   */
  session?: { ttl: string };
  /** Attempts per call at most. Default 4. */
  attempts?: number;
  /** Milliseconds after which no further attempt is begun. Default 900,000. */
  giveUpMs?: number;
  /** Default: 120 s to the first content, 60 s between parts, 600 s for an answer that is not streamed. */
  timeouts?: Partial<ModelTimeouts>;
  /**
   * Says that the models bring the settings that their candidates have (`params`), as nothing else can apply them: providers name
   * them differently. Needed where a candidate has some.
   */
  paramsInModels?: boolean;
  /** Is given the record of each call once it has ended; the call waits for it. What it throws is told to `logger`. */
  onDecision?: (record: DecisionRecord) => void | Promise<void>;
  /** Whether records hold the text that was routed. Default false. */
  keepText?: boolean;
  /** Whose calls these are, in records. Default `local`. */
  tenant?: string;
  /** Names decisions. Default: random UUIDs. */
  newId?: () => string;
  /** Default: the platform's. */
  clock?: Clock;
  /** Is told what an operator should know, never a prompt. */
  logger?: Logger;
}

const anything = /* @__PURE__ */ z.unknown().optional();
/** Every setting by its name, so that a misspelt one is not passed over; what is not a number is looked at below. */
const settingsSchema = /* @__PURE__ */ z.strictObject({
  ...limitsSchema.shape,
  router: anything,
  models: anything,
  aliases: anything,
  onLate: anything,
  paramsInModels: anything,
  onDecision: anything,
  keepText: anything,
  tenant: anything,
  newId: anything,
  clock: anything,
  logger: anything,
} satisfies Record<keyof RouteProfileSettings, z.ZodType>);

/** Settings that were checked, with every default filled in. */
export interface OpenedSettings extends Omit<z.infer<typeof limitsSchema>, 'session'> {
  router: RequestRouter;
  models: ReadonlyMap<string, LanguageModelV3>;
  candidates: ReadonlyMap<string, Candidate>;
  /** Names that leave the choice to the router, `auto` first. */
  routes: readonly string[];
  onLate: string | undefined;
  /** Milliseconds for which a conversation is kept; undefined where none is. */
  sessionMs: number | undefined;
  onDecision: RouteProfileSettings['onDecision'];
  keepText: boolean;
  tenant: string;
  newId: () => string;
  clock: Clock;
  logger: Logger | undefined;
}

const AUTO = 'auto';

/** What is wrong with the models, in words. */
function modelProblems(settings: RouteProfileSettings): string[] {
  const { router, models, onLate, aliases = [], paramsInModels = false } = settings;
  const ids = new Set(router.candidates.map(({ id }) => id));
  const problems = Object.entries(models).flatMap(([id, model]): string[] => {
    // What JavaScript gives need not be of the type: `ai` takes names of models too, which only it can look up.
    const given: unknown = model;
    if (!ids.has(id)) return [`models.${id}: the router has no such candidate; it has ${[...ids].join(', ')}`];
    if (typeof given === 'object' && given !== null && ['v2', 'v3'].includes(model.specificationVersion)) return [];
    return [`models.${id}: not a language model object of the AI SDK of specification v2 or v3`];
  });
  if (router.models.every((id) => !Object.hasOwn(models, id)))
    problems.push(`models: none of the router's candidates has one; they are ${router.models.join(', ')}`);
  if (onLate !== undefined && !Object.hasOwn(models, onLate)) problems.push(`onLate: ${onLate} has no model`);
  for (const name of [AUTO, ...aliases])
    if (ids.has(name)) problems.push(`${name === AUTO ? 'candidates' : 'aliases'}: ${name} is the id of a candidate`);
  const withParams = router.candidates.filter(
    ({ id, params = {} }) => Object.hasOwn(models, id) && Object.keys(params).length > 0,
  );
  if (withParams.length > 0 && !paramsInModels)
    problems.push(
      `models: ${withParams.map(({ id }) => id).join(', ')} must be called with settings (params), which only the model objects can bring; give models that have them, and say paramsInModels: true`,
    );
  return problems;
}

/** @throws RouteProfileError BAD_OPTION with every problem in `details` */
export function openSettings(settings: RouteProfileSettings): OpenedSettings {
  const { router, models, aliases = [] } = settings;
  const { data, error } = settingsSchema.safeParse(settings);
  const issues = error?.issues ?? [];
  const details = [...modelProblems(settings), ...issues.map(issueText)];
  if (details.length > 0 || data === undefined)
    throw new RouteProfileError('BAD_OPTION', 'these settings make no routed model', {
      hint: [...meantNames(settingsSchema, issues), 'Correct what the details name.'].join(' '),
      details,
    });
  const { maxChars, deadlineMs, attempts, giveUpMs, timeouts, session } = data;
  return {
    ...{ maxChars, deadlineMs, attempts, giveUpMs, timeouts },
    router,
    models: new Map(Object.entries(models).map(([id, model]) => [id, asV3(model)])),
    candidates: new Map(router.candidates.map((candidate) => [candidate.id, candidate])),
    routes: [AUTO, ...aliases.filter((name) => name !== AUTO)],
    onLate: settings.onLate,
    sessionMs: session && millisecondsOf(session.ttl),
    onDecision: settings.onDecision,
    keepText: settings.keepText ?? false,
    tenant: settings.tenant ?? 'local',
    newId: settings.newId ?? (() => crypto.randomUUID()),
    clock: settings.clock ?? systemClock,
    logger: settings.logger,
  };
}
