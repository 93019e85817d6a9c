/**
 * A copy of a value as JSON keeps it, so that what runs is what a file gives back. Absent members are dropped.
 * @throws TypeError naming the first member that JSON would lose or change: NaN, a function, a Map, a cycle
 */
export function plainJson(value: unknown, path = '', within: readonly object[] = []): unknown {
  const at = path === '' ? 'it' : `'${path.slice(1)}'`;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new TypeError(`${at} is ${value}`);
  }
  if (typeof value !== 'object') throw new TypeError(`${at} is a ${typeof value}`);
  if (within.includes(value)) throw new TypeError(`${at} holds itself`);
  const inside = [...within, value];
  if (Array.isArray(value)) return value.map((item, i) => plainJson(item, `${path}.${i}`, inside));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${at} is a ${value.constructor?.name ?? 'value of a class'}`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plainJson(member, `${path}.${key}`, inside)]),
  );
}
