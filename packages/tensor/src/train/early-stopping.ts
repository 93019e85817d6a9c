import { RouteProfileError } from '@routeprofile/schema';

/** The best value seen and how long ago; start with `noBest`. */
export interface Best {
  /** From 0; −1 before the first. */
  epoch: number;
  value: number;
}

/** Before the first epoch: any finite value improves on it. */
export const noBest: Best = { epoch: -1, value: Infinity };

/** Lower is better; equal is not an improvement, so the earliest best stays. */
export const improves = (best: Best, value: number, minDelta = 0): boolean => value < best.value - minDelta;

/** Whether `patience` epochs have passed since the best one. */
export const outOfPatience = (best: Best, epoch: number, patience: number): boolean => epoch - best.epoch >= patience;

/**
 * Lets a finite loss pass.
 * @throws RouteProfileError NOT_FINITE naming what was trained and the epoch (from 1).
 */
export function assertFiniteLoss(loss: number, epoch: number, what: string): void {
  if (!Number.isFinite(loss))
    throw new RouteProfileError('NOT_FINITE', `${what}: the loss of epoch ${epoch} is ${loss}`, {
      hint: 'Look for NaN or very large numbers in the vectors; a smaller learning rate helps when training diverges.',
    });
}
