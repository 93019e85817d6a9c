/** How what became of a promise is called. */
export const PROMISE_STATUS = { kept: 'kept', broken: 'broken', undecided: 'not decided' } as const;
