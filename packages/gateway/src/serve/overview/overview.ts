import type { KeyConfig } from '../../config/config.js';
import type { DecisionRecord } from '../../contracts/record.js';
import type { Snapshot } from '../../config/snapshot.js';
import type { LearningState } from '../../learn/route-learner.js';
import { LOCAL_TENANT, type Serving } from '../context.js';
import type { Exchange, Reply } from '../exchange.js';
import { mayUse } from '../prepare.js';
import { Refused } from '../refused.js';
import { jsonResponse } from '../responses.js';
import { budgetStates, type BudgetState } from './budget-states.js';
import { judgedOf, LOOKED_UP } from './judged.js';
import { pinnedFor, type PinnedModel } from './pinned.js';
import { qualityOf, type ModelQuality } from './quality.js';
import { routeFiguresOf, type RouteFigures } from './route-figures.js';
import { spendOf, type SpendSummary } from './spend.js';
import { usefulOf, type UsefulSpend } from './useful.js';
import { driftFor, endpointsFor, type EndpointLook, type SeenDrift } from './state.js';

/** Decisions that an overview adds up. */
const ADDED_UP = 200;
/** Decisions of a list that does not say how many it wants, and at most. */
const LISTED = 50;
const MOST_LISTED = 200;

/** What `GET /v1/overview` answers. */
export interface Overview {
  /** Milliseconds since 1970. */
  at: number;
  /** Whom it is about: the key's id, or `local` where there are no keys. */
  tenant: string;
  /** What the operator has the page say. */
  note?: string;
  /** Names that a request may give as its model, routes first. */
  models: string[];
  /** Those of the candidates that it may be answered by. */
  endpoints: EndpointLook[];
  /** What has changed, of what it may be answered by; absent where nothing is watched. */
  drift?: SeenDrift;
  /** How far back figures look. */
  window: {
    /** Decisions that are added up, at most: the tenant's last. */
    decisions: number;
    /** Those of them whose feedback is looked up, at most. */
    judged: number;
  };
  /** Of the tenant's last decisions, by `window`. */
  spend: SpendSummary;
  /** The same per route, with the models that answered. */
  routes: RouteFigures[];
  /** What those of them that were judged cost per useful answer. */
  useful: UsefulSpend;
  /** What was said of each model's answers. */
  quality: ModelQuality[];
  /** The key's own, and for operators, or where there are no keys, those of routes. */
  budgets: BudgetState[];
  /** The tenant's conversations per model, since the gateway started; absent where no route keeps conversations together. */
  pins?: PinnedModel[];
  /** How learning on each route stands that it may use; absent where none learns. */
  learning?: ({ route: string } & LearningState)[];
}

/** What `GET /v1/decisions` answers. */
export interface DecisionList {
  object: 'list';
  /** The newest first. */
  data: DecisionRecord[];
}

function learningFor(key: KeyConfig | undefined, { routes }: Snapshot): Pick<Overview, 'learning'> {
  const learning = [...routes].flatMap(([route, { learner }]) =>
    learner && (key?.routes === undefined || key.routes.includes(route)) ? [{ route, ...learner.look() }] : [],
  );
  return learning.length > 0 ? { learning } : {};
}

/** `GET /v1/overview`: how endpoints fare, and what was spent, for whoever asks. */
export async function showOverview(key: KeyConfig | undefined, serving: Serving): Promise<Reply> {
  const { snapshot, store, clock } = serving;
  const tenant = key?.id ?? LOCAL_TENANT;
  const { page, feedback } = snapshot.config;
  const latest = await store.latest(tenant, ADDED_UP);
  const spend = spendOf(latest);
  const judged = await judgedOf(latest, store, feedback.trains);
  const overview: Overview = {
    at: clock.now(),
    tenant,
    ...(typeof page === 'object' && { note: page.note }),
    models: [...snapshot.targets].flatMap(([name, target]) => (mayUse(key, target) ? [name] : [])),
    endpoints: endpointsFor(key, serving),
    ...driftFor(key, serving),
    ...learningFor(key, snapshot),
    window: { decisions: ADDED_UP, judged: LOOKED_UP },
    spend,
    routes: routeFiguresOf(latest, spend),
    useful: usefulOf(judged),
    quality: qualityOf(judged),
    budgets: await budgetStates(key, serving),
    ...pinnedFor(tenant, serving),
  };
  return jsonResponse(200, overview);
}

/** `GET /v1/decisions?limit=50`: the last decisions for whoever asks. @throws Refused 400 */
export async function listDecisions(
  { search }: Exchange,
  key: KeyConfig | undefined,
  { store }: Serving,
): Promise<Reply> {
  const asked = search.get('limit') ?? String(LISTED);
  const limit = /^\d{1,3}$/.test(asked) ? Number(asked) : 0;
  if (limit < 1 || limit > MOST_LISTED)
    throw new Refused(400, 'bad_limit', `limit is a whole number from 1 to ${MOST_LISTED}.`);
  const list: DecisionList = { object: 'list', data: await store.latest(key?.id ?? LOCAL_TENANT, limit) };
  return jsonResponse(200, list);
}
