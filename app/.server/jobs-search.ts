import { z } from 'zod'
import { JOB_STATES } from '#server/domain/job-state.ts'

const Text = z.string().max(200)

/** The filters of the list of jobs, as they stand in its address; its exports read the same. */
export const JobsSearch = z.object({
  state: z.enum(JOB_STATES).optional(),
  system: Text.optional(),
  owner: Text.optional(),
  process: Text.optional(),
})
