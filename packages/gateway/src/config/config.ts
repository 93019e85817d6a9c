import { explorationSettings } from '@routeprofile/routers';
import { z } from '@routeprofile/schema';
import { endpointSchema } from '../contracts/endpoint.js';
import { secretReferenceSchema } from '../contracts/secret.js';
import { feedbackSettingsSchema } from '../feedback/feedback-config.js';
import { budgetConfigSchema } from '../money/budget-config.js';
import { sessionConfigSchema } from '../session/session-config.js';
import { learnSchema } from '../learn/learn-config.js';

const name = z.string().min(1).max(200);

/** Whom the gateway serves. */
const keySchema = z.strictObject({
  /** The tenant: decisions and budgets are kept by it. */
  id: name,
  /** The key itself is looked up there, hashed, and forgotten. */
  key: secretReferenceSchema,
  /** What it may spend. Default: no limit. */
  budget: budgetConfigSchema.optional(),
  /** Names of the routes it may use. With them, candidates cannot be named directly. Default: everything. */
  routes: z.array(name).min(1).optional(),
  /** Whether it may read what concerns everybody: `/metrics`. */
  operator: z.boolean().default(false),
});

/** One way to choose a model. */
export const routeSchema = z.strictObject({
  /** Names of models that clients may ask for and are given this route. */
  aliases: z.array(name).default([]),
  /** Characters of the last user message that the router reads. */
  maxChars: z.number().int().min(1).max(1_000_000).default(2_000),
  /** Milliseconds that the router may take. Default: as long as it takes. */
  deadlineMs: z.number().int().min(1).max(60_000).optional(),
  /** The candidate that answers when the router is late or fails, or too many requests wait for it. */
  onLate: name.optional(),
  /** What may be spent through it, whoever asks; budgets of keys hold beside it. Default: no limit. */
  budget: budgetConfigSchema.optional(),
  /**
   * Keeps each conversation with the candidate that answered it, as long as that one can, so that its provider's prompt cache helps
   * and what it signed stays valid. Default: each request is decided for itself.
   */
  session: sessionConfigSchema.optional(),
  /**
   * What goes around the router, innermost first: `constraints:pii=true` and its other options, `cost:lambda=2`, `load:nu=0.01`, `fallback`. Nothing is
   * trained for it.
   */
  wrappers: z.array(z.string().min(1)).default([]),
  /**
   * Now and then tries a model that is nearly the best, so that records tell what other choices would have been worth. Conversations that
   * stay with their candidate, requests that name one, and embeddings are never tried on. Default: the best is chosen.
   */
  explore: explorationSettings.optional(),
  /** Goes on learning from feedback. Default: the router stays as it was fitted. */
  learn: learnSchema.optional(),
  /**
   * Watches rewards, costs, times, faults and answers' lengths of the route's candidates, and its queries, for changes. Default: nothing is
   * watched.
   */
  drift: z
    .strictObject({
      /** What follows from a change for the worse: `flag` says so; `distrust` also judges the model by those of like profile. */
      action: z.enum(['flag', 'distrust']).default('flag'),
    })
    .optional(),
  /** How texts of requests that come at the same time are decided together. */
  batch: z
    .strictObject({
      /** Texts decided together at most. */
      texts: z.number().int().min(1).max(1_000).default(16),
      /** Milliseconds that the first of them waits for others; a router without an encoder does not wait. */
      waitMs: z.number().int().min(0).max(1_000).default(0),
      /** Requests that may wait for the router; for more `onLate` answers, or else they are told to come back. */
      waiting: z.number().int().min(1).max(100_000).default(256),
    })
    .prefault({}),
});

/** What the gateway serves, to whom, and where from. */
export const gatewayConfigSchema = z.strictObject({
  /** Without any, everybody who reaches the gateway is served. */
  keys: z.array(keySchema).default([]),
  /** Settings by route. Default: those of every router that is given. */
  routes: z.record(name, routeSchema).default({}),
  endpoints: z.array(endpointSchema).min(1),
  /**
   * Which of several endpoints of one candidate is tried first: the one that is less loaded (`load`), or the first in the list while it is in
   * service (`listed`), the others standing by.
   */
  endpointOrder: z.enum(['load', 'listed']).default('load'),
  /** Attempts per request at most, all candidates and endpoints together. */
  attempts: z.number().int().min(1).max(10).default(4),
  /** Milliseconds after which no further attempt is begun. Those under way have clocks of their own. */
  giveUpMs: z.number().int().min(1).max(86_400_000).default(900_000),
  limits: z
    .strictObject({
      /** Bytes of a request's body as it comes. */
      bodyBytes: z.number().int().min(1).default(10_000_000),
      /** Bytes of it once it is unpacked. */
      inflatedBytes: z.number().int().min(1).default(40_000_000),
    })
    .prefault({}),
  /**
   * Whether `GET /` is a page for people, and what stands at its top. What it shows, it asks for as any client does: with a key where there
   * are keys. Default: while there are no keys.
   */
  page: z.union([z.boolean(), z.strictObject({ note: z.string().min(1).max(300) })]).optional(),
  log: z
    .strictObject({
      /** Whether records hold the text that was routed: `none` (default) or `full`. */
      text: z.enum(['none', 'full']).default('none'),
      /** Whether records hold the vector of the text that was routed, from which one learns again after a restart. */
      vectors: z.boolean().default(false),
    })
    .prefault({}),
  /** What is drawn at random is drawn by it: with the same seed, the same request by the same id is decided alike. */
  seed: z.number().int().min(0).default(0),
  /** What feedback means, and what of it is learned from. */
  feedback: feedbackSettingsSchema.prefault({}),
});
/** What the gateway serves, as one writes it down. */
export type GatewayConfigInput = z.input<typeof gatewayConfigSchema>;
/** The same with every default filled in. */
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
/** Whom the gateway serves, with every default filled in. */
export type KeyConfig = GatewayConfig['keys'][number];
/** One way to choose a model, with every default filled in. */
export type RouteConfig = GatewayConfig['routes'][string];
