/** Time is an argument. This is the one place where it is asked of the machine; tests pass their own. */
export type Now = () => Date

export const systemNow: Now = () => new Date()
