/**
 * What is derived once per pair of objects, for as long as both live: thousands of constants are evaluated on the same ones.
 * @param derive must depend on the two alone
 */
export function oncePer<A extends object, B extends object, T>(derive: (a: A, b: B) => T): (a: A, b: B) => T {
  const known = new WeakMap<A, WeakMap<B, { value: T }>>();
  return (a, b) => {
    const ofFirst = known.get(a) ?? new WeakMap<B, { value: T }>();
    known.set(a, ofFirst);
    let found = ofFirst.get(b);
    if (found === undefined) {
      found = { value: derive(a, b) };
      ofFirst.set(b, found);
    }
    return found.value;
  };
}
