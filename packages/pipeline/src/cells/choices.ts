import { RouteProfileError, type Decision, type QueryBatch, type Router, type RunContext } from '@routeprofile/schema';

/** Queries per call: keeps memory flat on large test sets, and a run stoppable. */
const CHUNK = 4096;

/** Queries `from` up to, not with, `to`. */
export function batchPart(batch: QueryBatch, from: number, to: number): QueryBatch {
  const { texts, vectors, encoder, ids, tasks, requirements } = batch;
  return {
    texts: texts.slice(from, to),
    ...(vectors && {
      vectors: {
        rows: to - from,
        cols: vectors.cols,
        data: vectors.data.subarray(from * vectors.cols, to * vectors.cols),
      },
    }),
    ...(encoder !== undefined && { encoder }),
    ...(ids && { ids: ids.slice(from, to) }),
    ...(tasks && { tasks: tasks.slice(from, to) }),
    ...(requirements && { requirements: requirements.slice(from, to) }),
  };
}

export interface Choices {
  /** Index into the models, one a query. */
  choices: Int32Array;
  /** The best ranked model that is not new, where there are new ones. */
  choicesWithoutNew?: Int32Array;
  /** How sure the router is of each choice: its chance of being right, else its lead in score over the second. */
  confidence: Float64Array;
  /** Chances of being right, where the router gives one for every choice. */
  probability?: Float64Array;
}

/** The chosen model's chance of being right; NaN where the router gives none. */
function chanceOf({ model, ranked }: Decision): number {
  return ranked.find((entry) => entry.model === model)?.probability ?? NaN;
}

function confidenceOf(decision: Decision): number {
  const chance = chanceOf(decision);
  const [first, second] = decision.ranked;
  return Number.isNaN(chance) ? (first && second ? first.score - second.score : 0) : chance;
}

/**
 * A router's choices as indices into `models`; what it returns is checked, for it may be somebody else's code.
 * @throws RouteProfileError PLUGIN_FAILED when a decision is missing or names an unknown model.
 */
export async function choicesOf(
  name: string,
  router: Router,
  queries: QueryBatch,
  models: readonly string[],
  newModels: readonly string[],
  ctx: RunContext,
): Promise<Choices> {
  const index = new Map(models.map((model, i) => [model, i]));
  const isNew = new Set(newModels);
  const choices = new Int32Array(queries.texts.length);
  const without = new Int32Array(queries.texts.length);
  const confidence = new Float64Array(queries.texts.length);
  const probability = new Float64Array(queries.texts.length);
  let alwaysOld = true;
  const indexOf = (model: string | undefined): number => {
    const choice = model === undefined ? undefined : index.get(model);
    if (choice === undefined)
      throw new RouteProfileError('PLUGIN_FAILED', `router ${name} chose '${String(model)}', which is not a candidate`);
    return choice;
  };
  for (let from = 0; from < choices.length; from += CHUNK) {
    const to = Math.min(choices.length, from + CHUNK);
    const decisions = await router.decide(batchPart(queries, from, to), ctx);
    if (decisions.length !== to - from)
      throw new RouteProfileError(
        'PLUGIN_FAILED',
        `router ${name} made ${decisions.length} decisions for ${to - from} queries`,
      );
    decisions.forEach((decision: Decision, i) => {
      if (!decision.ranked.every((entry) => Number.isFinite(entry.score)))
        throw new RouteProfileError('PLUGIN_FAILED', `router ${name} gave a score that is not a finite number`);
      choices[from + i] = indexOf(decision.model);
      confidence[from + i] = confidenceOf(decision);
      probability[from + i] = chanceOf(decision);
      const old = decision.ranked.find(({ model }) => !isNew.has(model));
      // A wrapper may have left new models alone to choose from: then nothing can be said of a choice without them.
      if (old) without[from + i] = indexOf(old.model);
      else alwaysOld = false;
    });
  }
  return {
    choices,
    confidence,
    ...(!probability.some(Number.isNaN) && { probability }),
    ...(isNew.size > 0 && alwaysOld && { choicesWithoutNew: without }),
  };
}
