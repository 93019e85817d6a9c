import { wilsonInterval } from '@routeprofile/numerics';
import type { JudgedRecord } from './judged.js';
import { usefulOf, type UsefulSpend } from './useful.js';

/** What was said of a model's answers. */
export interface ModelQuality {
  model: string;
  /** Its answers that were judged, of the last 50 decisions. */
  judged: number;
  /** Mean of their scores, from 0 (useless) to 1 (as wanted). */
  mean: number;
  /** Ends of the mean's 95 % interval (`wilsonInterval` of `@routeprofile/numerics`). */
  low: number;
  high: number;
  /** What those of them cost whose cost is known. */
  spend: UsefulSpend;
}

/** What was said of the answers of each model; those with most judged answers first. */
export function qualityOf(judged: readonly JudgedRecord[]): ModelQuality[] {
  const byModel = new Map<string, JudgedRecord[]>();
  for (const one of judged) {
    const { served } = one.record;
    if (served === null) continue;
    const own = byModel.get(served);
    if (own) own.push(one);
    else byModel.set(served, [one]);
  }
  return [...byModel]
    .map(([model, own]) => {
      const mean = own.reduce((sum, { score }) => sum + score, 0) / own.length;
      return { model, judged: own.length, mean, ...wilsonInterval(mean, own.length), spend: usefulOf(own) };
    })
    .sort((a, b) => b.judged - a.judged || (a.model < b.model ? -1 : 1));
}
