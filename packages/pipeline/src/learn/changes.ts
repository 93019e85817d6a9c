import { ADWIN_DELTA, createAdwin } from '@routeprofile/numerics';
import { grouped, type DriftFlag } from '@routeprofile/schema';
import type { LoggedDecision } from '../traffic/decision.js';

/** A change of what a model's answers were judged to be worth, within a log. */
export interface RewardChange extends DriftFlag {
  model: string;
  /** When it began, as far as can be told: milliseconds since 1970; null where the log has no times. */
  at: number | null;
}

/**
 * Models whose answers became better or worse within the log, by ADWIN over the rewards of each, the last change of each model. Also a router
 * that gives a model other queries than before can be the reason.
 * @param decisions the oldest first
 */
export function rewardChanges(decisions: readonly LoggedDecision[]): RewardChange[] {
  const rewards = decisions.flatMap(({ model, reward, at }) => (reward === null ? [] : [{ model, reward, at }]));
  const judged = grouped(rewards, ({ model }) => model);
  // A gateway's rewards are from 0 to 1; those of another log may be on a wider scale.
  const low = rewards.reduce((least, { reward }) => Math.min(least, reward), 0);
  const high = rewards.reduce((most, { reward }) => Math.max(most, reward), 1);
  const delta = ADWIN_DELTA / Math.max(1, judged.size);
  return [...judged].flatMap(([model, all]) => {
    const adwin = createAdwin({ delta, low, high });
    const changes = all.flatMap(({ reward }) => adwin.add(reward) ?? []);
    const last = changes.at(-1);
    return last ? [{ stream: `reward:${model}`, ...last, delta, model, at: all[last.since]?.at ?? null }] : [];
  });
}
