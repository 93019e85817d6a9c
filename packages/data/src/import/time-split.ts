import { plural } from '../dataset/text.js';
import type { QueryOutcomes } from './collect.js';
import { cutTime, formatTime } from './times.js';

/** Queries in training and in test, by time. */
export interface TimeSplit {
  /** Queries from this time on are for testing. */
  cut: string;
  train: number;
  test: number;
  warnings: string[];
}

/**
 * Marks the older queries for training, the newer ones for testing. A query asked on both sides is as old as its first call.
 * @param share of the queries that are for training
 * @throws RouteProfileError BAD_INPUT when all have the same time.
 */
export function splitByTime(queries: readonly QueryOutcomes[], share: number): TimeSplit {
  const cut = cutTime(
    queries.map(({ time }) => time!.first),
    share,
  );
  let train = 0;
  let both = 0;
  for (const query of queries) {
    const isOld = query.time!.first < cut;
    query.split = isOld ? 'train' : 'test';
    if (isOld) train++;
    if (isOld && query.time!.last >= cut) both++;
  }
  const test = queries.length - train;
  return {
    cut: formatTime(cut),
    train,
    test,
    warnings: [
      `Split by time: ${plural(train, 'query', 'queries')} before ${formatTime(cut)} for training, ${plural(test, 'query', 'queries')} from then on for testing.`,
      ...(both === 0
        ? []
        : [
            `${plural(both, 'query was', 'queries were')} asked before and after that time: they are for training, with the outcomes of both sides.`,
          ]),
    ],
  };
}
