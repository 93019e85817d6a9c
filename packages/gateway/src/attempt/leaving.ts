/** Whether a client is still there. Less than an AbortSignal, which costs more than most requests need. */
export interface Leaving {
  readonly left: boolean;
  /** Runs something once, when the client leaves. @returns calls it off */
  onLeave(run: () => void): () => void;
}

export const leavingOf = (signal: AbortSignal): Leaving => ({
  get left() {
    return signal.aborted;
  },
  onLeave(run) {
    signal.addEventListener('abort', run, { once: true });
    return () => signal.removeEventListener('abort', run);
  },
});
