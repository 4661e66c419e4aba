import { z } from 'zod'

const text = z.string().trim().min(1).max(200).optional()
const day = z.iso.date().optional()

/** At most so many publications are rehearsed beside the selection. */
export const PUBLICATIONS_MAX = 20

/** The records that were asked for: those that wait and meet every condition given. */
export const ReplayAsked = z
  .object({
    exceptions: z.array(z.number().int().positive()).max(1_000).optional(),
    run: z.number().int().positive().optional(),
    job: text,
    code: text,
    entity: text,
    period: text,
    version: text,
    currency: text,
    /** Business dates, in UTC, of when the runs ended that rejected them. */
    from: day,
    to: day,
    /** The last so many publications of the jobs are rehearsed as well. */
    publications: z.number().int().min(0).max(PUBLICATIONS_MAX).optional(),
  })
  .refine(
    ({ publications: _, ...conditions }) => Object.values(conditions).some((condition) => condition !== undefined),
    'say which records',
  )
export type ReplayAsked = z.infer<typeof ReplayAsked>
