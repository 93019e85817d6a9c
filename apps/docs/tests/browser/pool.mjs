/** Maps items through an asynchronous function, `width` at a time; results keep the order of the items. */
export async function mapPool(items, width, body) {
  const results = new Array(items.length);
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await body(items[i]);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}
