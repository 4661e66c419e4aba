/**
 * What lists and figures of runs are asked for beyond a status.
 * to_mend: stopped, and its exception is still open. going: has not ended. published: brought a publication.
 * touchless: published with no person in it: begun by the clock or by a file that came, through at the first attempt.
 * touched: published, but not touchless. recovery: the success that followed a run that was held or failed.
 * asked_back: its rollback waits for a second person.
 */
export const RUN_KINDS = ['to_mend', 'going', 'published', 'touchless', 'touched', 'recovery', 'asked_back'] as const
export type RunKind = (typeof RUN_KINDS)[number]

/** What became of runs, for figures over many: going has not ended. */
export const RUN_OUTCOMES = ['succeeded', 'held', 'failed', 'cancelled', 'going'] as const
export type RunOutcome = (typeof RUN_OUTCOMES)[number]
