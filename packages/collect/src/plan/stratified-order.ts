import { createRandom, type PromptItem } from '@routeprofile/schema';

/**
 * Items in an order of which every beginning has each task in about its share: those of a task are shuffled, then the tasks are
 * interleaved.
 * @returns positions
 */
export function stratifiedOrder(items: readonly Pick<PromptItem, 'task'>[], seed: number): number[] {
  const byTask = new Map<string, number[]>();
  items.forEach(({ task }, i) => {
    const name = task ?? '';
    const members = byTask.get(name);
    if (members) members.push(i);
    else byTask.set(name, [i]);
  });
  const random = createRandom(seed, 'order of the items');
  return [...byTask.values()]
    .flatMap((members) => random.shuffle(members).map((item, k) => ({ item, at: (k + 0.5) / members.length })))
    .sort((a, b) => a.at - b.at || a.item - b.item)
    .map(({ item }) => item);
}
