/** 0 succeeded, 2 held, 1 failed: usable in any scheduler. */
export const EXIT = { succeeded: 0, failed: 1, held: 2 } as const
