import {
  candidateSchema,
  defineWrapper,
  explained,
  parsePart,
  RouteProfileError,
  whatLacks,
  z,
  type Decision,
  type Offer,
  type Requirements,
  type Router,
} from '@routeprofile/schema';
import { promptTokens } from '../estimates/measured.js';
import { assertLearnedOf } from './learned.js';
import { personalData } from './pii.js';
import { wrapDecisions } from './wrapped.js';

const NAME = 'constraints';

const constraintSettings = {
  /** Every query needs JSON mode. Default false, as all below unless they say otherwise. */
  json: z.boolean().default(false),
  /** Every query needs tool calls. */
  tools: z.boolean().default(false),
  /** Every query needs a model that reads pictures. */
  vision: z.boolean().default(false),
  /** Every query needs a model in this region. */
  region: z.string().min(1).optional(),
  /** Every query needs a model on the user's own machines. */
  local: z.boolean().default(false),
  /** Tokens to leave room for in the answer. Default 0. */
  outputTokens: z.number().min(0).default(0),
  /** Queries in which personal data is found (see `personalData`) go to local models only. */
  pii: z.boolean().default(false),
  /** When nothing fulfils a query: stop (default), or let the best model answer all the same. */
  onEmpty: z.enum(['error', 'best']).default('error'),
};
const options = z.strictObject(constraintSettings);
export type ConstraintsOptions = z.infer<typeof options>;

const offerSchema = candidateSchema.pick({ limits: true, capabilities: true });

/** A query's requirements and, of them, what makes it stay at home. */
interface Demand extends Requirements {
  because?: string;
}

function demandOf(text: string, own: Requirements | null | undefined, settings: ConstraintsOptions): Demand {
  const found = settings.pii ? personalData(text) : [];
  const region = own?.region ?? settings.region;
  return {
    ...own,
    jsonMode: settings.json || own?.jsonMode === true,
    tools: settings.tools || own?.tools === true,
    vision: settings.vision || own?.vision === true,
    local: settings.local || own?.local === true || found.length > 0,
    contextTokens: own?.contextTokens ?? promptTokens(text),
    outputTokens: Math.max(settings.outputTokens, own?.outputTokens ?? 0),
    ...(region !== undefined && { region }),
    ...(found.length > 0 && { because: `the text holds personal data (${found.join(', ')})` }),
  };
}

/**
 * Models that do not fulfil a query's requirements are left out of its decision, so that nothing wrapped around can choose them.
 * Requirements are those of the settings and those in `QueryBatch.requirements` together; what candidates have that declare nothing,
 * `whatLacks` of `@routeprofile/schema` says. Prompt tokens are characters / 4 unless the query says.
 *
 * @param offers by model
 * @throws RouteProfileError UNSUPPORTED from `decide` when no model fulfils a query, unless `onEmpty` is `best`
 */
export function withConstraints(
  router: Router,
  offers: Readonly<Record<string, Offer>>,
  settings: ConstraintsOptions,
): Router {
  return wrapDecisions(
    router,
    ({ texts, ids, requirements }) =>
      (decision, q) => {
        const demand = demandOf(texts[q]!, requirements?.[q], settings);
        const lacking = decision.ranked.flatMap(({ model }) => {
          const lack = whatLacks(Object.hasOwn(offers, model) ? offers[model]! : {}, demand);
          return lack === null ? [] : [{ model, lack }];
        });
        return lacking.length === 0
          ? decision
          : without(decision, lacking, demand, settings.onEmpty, nameOf(q, texts.length, ids));
      },
    { sameScores: true },
  );
}

/** A query as a message names it: there may be no other. */
const nameOf = (q: number, queries: number, ids: readonly string[] | undefined): string =>
  ids ? `query ${ids[q]!}` : queries === 1 ? 'the query' : `query number ${q}`;

function without(
  decision: Decision,
  lacking: readonly { model: string; lack: string }[],
  { because }: Demand,
  onEmpty: ConstraintsOptions['onEmpty'],
  query: string,
): Decision {
  const details = lacking.map(({ model, lack }) => `${model}: ${lack}`);
  const said = `${because === undefined ? '' : `${because}; `}left out ${details.join(', ')}`;
  const ranked = decision.ranked.filter(({ model }) => lacking.every((entry) => entry.model !== model));
  if (ranked.length > 0) return explained({ ...decision, model: ranked[0]!.model, ranked }, NAME, said);
  if (onEmpty === 'best')
    return explained(
      decision,
      NAME,
      `no model fulfils the query, the best answers all the same: ${details.join(', ')}`,
    );
  throw new RouteProfileError('UNSUPPORTED', `${NAME}: no model fulfils ${query}`, {
    hint: 'Add a candidate that does, declare its capabilities, or let the best model answer with onEmpty=best.',
    details: because === undefined ? details : [because, ...details],
  });
}

const state = z.object({ offers: z.record(z.string(), offerSchema) });

/** `withConstraints` with what the candidates declare. */
export const constraintsWrapper = defineWrapper<ConstraintsOptions>({
  name: NAME,
  summary: 'only models with the context, capabilities, region or privacy that a query needs',
  options,
  async fit({ input: { models, candidates } }) {
    const offers = models.map((model, m): [string, Offer] => {
      const { limits, capabilities } = candidates[m] ?? {};
      return [model, { ...(limits && { limits }), ...(capabilities && { capabilities }) }];
    });
    return { state: { offers: Object.fromEntries(offers) }, weights: {} };
  },
  wrap(router, learned, chosen) {
    const { offers } = parsePart(NAME, 'state', state, learned.state);
    assertLearnedOf(NAME, Object.keys(offers), router);
    return withConstraints(router, offers, chosen);
  },
});
