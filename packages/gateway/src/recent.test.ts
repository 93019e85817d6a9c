import { describe, expect, it } from 'vitest';
import { createRecent } from './recent.js';

describe('createRecent', () => {
  it('forgets what was used longest ago, whatever was used, set again or deleted in between', () => {
    for (const most of [1, 2, 5]) {
      const recent = createRecent<number, number>(most);
      // The plain way: a list, the latest use last.
      let list: [number, number][] = [];
      const without = (key: number) => list.filter(([one]) => one !== key);
      let state = most;
      const draw = (below: number) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      for (let i = 0; i < 2_000; i++) {
        const key = draw(3 * most);
        const known = list.find(([one]) => one === key);
        switch (draw(5)) {
          case 0:
            recent.delete(key);
            list = without(key);
            break;
          case 1:
          case 2:
            expect(recent.get(key)).toBe(known?.[1]);
            if (known) list = [...without(key), known];
            break;
          default:
            recent.set(key, i);
            list = [...without(key), [key, i] as [number, number]].slice(-most);
        }
        expect(recent.size).toBe(list.length);
      }
    }
  });
});
