import {
  createMatrix,
  explained,
  inheritance,
  normalizeRows,
  rowOf,
  type Decision,
  type RankedModel,
  type Router,
} from '@routeprofile/schema';
import type { Likeness } from './fallback.js';
import { entryOf, wrapDecisions } from './wrapped.js';

const NAME = 'distrust';

/** Which models are no longer what the router learned, and who is like them. */
export interface DistrustSettings {
  /** What happened to each model that is distrusted, for people; asked once per batch. */
  distrusted: () => ReadonlyMap<string, string>;
  /** By which models are alike. Default: all others count alike. */
  likeness?: Likeness;
}

/**
 * The router with what it learned of some models not believed: their score, chance of being right and value is the mean of the trusted
 * models' by likeness of profiles, as for a model that nothing is known about (see `inheritance`). A mean never beats the best of them, and a tie
 * is theirs, so that such a model is not chosen. Where every model of a decision is distrusted, the decision stays as it is.
 */
export function withDistrust(router: Router, { distrusted, likeness }: DistrustSettings): Router {
  const place = new Map(router.models.map((model, m) => [model, m]));
  const sharesOf = sharesBy(router.models, likeness);
  return wrapDecisions(
    router,
    () => {
      const told = distrusted();
      if (told.size === 0) return (decision) => decision;
      const shares = sharesOf(router.models.map((model) => !told.has(model)));
      return (decision) =>
        believed(decision, told, (a, b) => shares[place.get(a)! * place.size + place.get(b)!]!, place);
    },
    { sameScores: false },
  );
}

/** Shares of `inheritance` for models some of which are trusted. @param likeness without it, or for models that it lacks, all count alike */
function sharesBy(
  models: readonly string[],
  likeness: Likeness | undefined,
): (trusted: readonly boolean[]) => Float32Array {
  const profiles = createMatrix(models.length, likeness?.profiles.cols ?? 1);
  models.forEach((model, m) => {
    const known = likeness?.models.indexOf(model) ?? -1;
    if (likeness && known >= 0) rowOf(profiles, m).set(rowOf(likeness.profiles, known));
  });
  const unit = normalizeRows(profiles);
  let last: { trusted: string; shares: Float32Array } | undefined;
  return (trusted) => {
    const key = trusted.join();
    if (last?.trusted !== key) last = { trusted: key, shares: inheritance(unit, trusted) };
    return last.shares;
  };
}

function believed(
  decision: Decision,
  told: ReadonlyMap<string, string>,
  shareOf: (model: string, of: string) => number,
  place: ReadonlyMap<string, number>,
): Decision {
  const trusted = decision.ranked.filter(({ model }) => !told.has(model));
  if (trusted.length === 0 || trusted.length === decision.ranked.length) return decision;
  const ranked = decision.ranked
    .map((entry) => (told.has(entry.model) ? inherited(entry, trusted, shareOf) : entry))
    .sort(
      (a, b) =>
        b.score - a.score ||
        Number(told.has(a.model)) - Number(told.has(b.model)) ||
        place.get(a.model)! - place.get(b.model)!,
    );
  const { model } = ranked[0]!;
  const after = { ...decision, model, ranked };
  const why = told.get(decision.model);
  if (model === decision.model || why === undefined) return after;
  const score = entryOf(after, decision.model)!.score;
  return explained(
    after,
    NAME,
    `${why}; judged by models like it (score ${score.toFixed(2)}), it comes after ${model}`,
  );
}

function inherited(
  entry: RankedModel,
  trusted: readonly RankedModel[],
  shareOf: (model: string, of: string) => number,
): RankedModel {
  const shares = trusted.map(({ model }) => shareOf(entry.model, model));
  const total = shares.reduce((a, b) => a + b, 0);
  // Models that a constraint has ruled out may have had all of it.
  const share = (i: number) => (total > 0 ? shares[i]! / total : 1 / trusted.length);
  // Rounding may put a mean above all that it is of.
  const mean = (value: (of: RankedModel) => number) =>
    Math.min(
      Math.max(...trusted.map(value)),
      trusted.reduce((sum, of, i) => sum + share(i) * value(of), 0),
    );
  const known = (name: 'probability' | 'value') =>
    entry[name] !== undefined && trusted.every((of) => of[name] !== undefined);
  return {
    ...entry,
    score: mean(({ score }) => score),
    ...(known('probability') && { probability: mean(({ probability }) => probability!) }),
    ...(known('value') && { value: mean(({ value }) => value!) }),
  };
}
