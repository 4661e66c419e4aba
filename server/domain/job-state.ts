/** late: something of it is missing, or its data is older than its target. failed: its latest run was held or failed. */
export const JOB_STATES = ['failed', 'late', 'paused'] as const
export type JobState = (typeof JOB_STATES)[number]
