import { expect, it } from 'vitest';
import { inPool } from './pool.js';

it('works on as many at a time as it may, and keeps the order', async () => {
  let [running, most] = [0, 0];
  const work = async (item: number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, item % 3));
    running--;
    return item * 10;
  };
  expect(await inPool([5, 4, 3, 2, 1], 2, work)).toEqual([50, 40, 30, 20, 10]);
  expect(most).toBe(2);
  expect(await inPool([], 2, work)).toEqual([]);
});

it('begins nothing more after a failure, awaits what is under way, and throws the first', async () => {
  const finished: number[] = [];
  const work = async (item: number) => {
    if (item === 1) throw new Error(`no ${item}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    finished.push(item);
  };
  await expect(inPool([0, 1, 2, 3, 4], 3, work)).rejects.toThrow('no 1');
  expect(finished).toEqual([0, 2]);
});
