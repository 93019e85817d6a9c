import { RouteProfileError } from '@routeprofile/schema';
import { plural } from '../dataset/text.js';
import type { Query } from './group/group.js';
import { cutTime, formatTime } from './times.js';

/** Divides queries by time: older ones are for training, newer ones for testing. A query asked on both sides is as old as its first call. */
export class TimeSplit {
  private readonly times: number[] = [];
  private cut: number | undefined;
  private train = 0;
  private both = 0;

  /** @param at a share of the queries that are for training, or the time (milliseconds since 1970) from which on they are for testing */
  constructor(private readonly at: { share: number } | { time: number }) {}

  /** First pass: every query once, in any order. */
  see({ time }: Query): void {
    this.times.push(time!.first);
  }

  /** @throws RouteProfileError BAD_INPUT when all queries lie on one side. */
  settle(): void {
    if ('share' in this.at) {
      this.cut = cutTime(Float64Array.from(this.times), this.at.share);
      return;
    }
    const { time } = this.at;
    this.cut = time;
    const older = this.times.reduce((count, one) => count + (one < time ? 1 : 0), 0);
    if (older > 0 && older < this.times.length) return;
    const ends = [
      this.times.reduce((a, b) => Math.min(a, b), Infinity),
      this.times.reduce((a, b) => Math.max(a, b), -Infinity),
    ];
    throw new RouteProfileError(
      'BAD_INPUT',
      `all queries are ${older === 0 ? 'of or after' : 'before'} ${formatTime(time)}, so that it does not split them; they run from ${ends.map(formatTime).join(' to ')}`,
      { hint: 'Give --split-time a time between the two.' },
    );
  }

  splitOf({ time }: Query): 'train' | 'test' {
    return time!.first < this.cut! ? 'train' : 'test';
  }

  /** Of a call of that time, where the time to cut at was given. */
  splitAt(time: number): 'train' | 'test' | undefined {
    return 'share' in this.at ? undefined : time < this.at.time ? 'train' : 'test';
  }

  /** Last pass: counts a query for what is said. */
  count({ time }: Query): void {
    if (time!.first >= this.cut!) return;
    this.train++;
    if (time!.last >= this.cut!) this.both++;
  }

  warnings(): string[] {
    const { train, both } = this;
    const at = formatTime(this.cut!);
    return [
      `Split by time: ${plural(train, 'query', 'queries')} before ${at} for training, ${plural(this.times.length - train, 'query', 'queries')} from then on for testing.`,
      ...(both === 0
        ? []
        : [
            `${plural(both, 'query was', 'queries were')} asked before and after that time: they are for training, with the outcomes of both sides.`,
          ]),
    ];
  }
}
