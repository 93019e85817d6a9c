import { expect, it } from 'vitest';
import { Watch } from './watch.js';

/** A clock that can be set, and timers that go by the time that passes. */
function world() {
  let [passed, ahead] = [0, 0];
  const timers = new Set<{ at: number; run: () => void }>();
  const late: string[] = [];
  const clock = {
    now: () => passed + ahead,
    after(ms: number, run: () => void) {
      const timer = { at: passed + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  return {
    late,
    watch: new Watch(clock, (fault) => late.push(fault)),
    set: (ms: number) => (ahead += ms),
    pass: (ms: number) => {
      for (const end = passed + ms; passed < end; passed++)
        for (const timer of [...timers])
          if (timer.at <= passed + 1) {
            timers.delete(timer);
            timer.run();
          }
    },
  };
}

it('is late when its time has passed, whatever the clock is set to', () => {
  const { watch, late, set, pass } = world();
  watch.set(100, 'idle');
  pass(50);
  set(-3_600_000);
  pass(49);
  expect(late).toEqual([]);
  pass(2);
  expect(late).toEqual(['idle']);
});

it('moves with each piece, also where the clock was set back between them', () => {
  const { watch, late, set, pass } = world();
  watch.set(100, 'idle');
  pass(60);
  watch.set(100, 'idle');
  pass(60);
  expect(late).toEqual([]);
  set(-3_600_000);
  pass(200);
  expect(late).toEqual(['idle']);
});
