/** Runs what concerns one thing one after the other, and all else at once. A work that fails holds up no other. */
export function createTurns(): <T>(about: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (about, work) => {
    const before = last.get(about);
    const own = before === undefined ? work() : before.then(work);
    const over = own.then(
      () => {},
      () => {},
    );
    const ended = over.then(() => {
      if (last.get(about) === ended) last.delete(about);
    });
    last.set(about, ended);
    return own;
  };
}
