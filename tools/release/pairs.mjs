/** Runs `task` on every item, two at a time, and gives the results in order. */
export async function inPairs(items, task) {
  const results = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await task(item);
  };
  await Promise.all([worker(), worker()]);
  return results;
}
