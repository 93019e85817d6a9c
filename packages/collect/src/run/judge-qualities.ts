import { measureJudge, type GoldLabel, type JudgeQuality } from '../judge/measure.js';
import type { Result } from './results.js';
import type { Setting } from './setting.js';

/** How far each judge that gave scores can be trusted, by its name. */
export function judgeQualities(
  setting: Setting,
  results: readonly Result[],
  gold: readonly GoldLabel[],
): Record<string, JudgeQuality> {
  const { items, candidates, judges, config } = setting;
  const sources = new Set(results.flatMap(({ source }) => (source === undefined ? [] : [source])));
  return Object.fromEntries(
    [...sources].map((source) => {
      const judge = judges.get(source.replace(/^judge:/, ''));
      // The same model under another name is no other judge.
      const own = new Set(candidates.filter(({ called }) => called === judge?.called).map(({ id }) => id));
      const judged = results.flatMap((result) => {
        const { item, candidate, grade: given } = result;
        if (result.source !== source || !given || given.score === null) return [];
        return [
          { id: items[item]!.id, model: candidates[candidate]!.id, score: given.score, comparisons: given.comparisons },
        ];
      });
      return [source, measureJudge(judged, gold, own, config.seed)];
    }),
  );
}
