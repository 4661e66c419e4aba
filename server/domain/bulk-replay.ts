import { z } from 'zod'

/** What becomes of a selected record. The five sum to the selection. */
export const REPLAY_RESULTS = ['fixed', 'still_failing', 'failing_differently', 'skipped', 'not_allowed'] as const
export type ReplayResult = (typeof REPLAY_RESULTS)[number]

/** needs_approval: it goes into a closed period, and a second person decides. aborting: the run that is under way comes to its end. */
export const BULK_REPLAY_STATUSES = [
  'rehearsing',
  'rehearsed',
  'needs_approval',
  'running',
  'aborting',
  'ended',
  'aborted',
  'declined',
] as const
export type BulkReplayStatus = (typeof BULK_REPLAY_STATUSES)[number]

/** What may be asked of a bulk replay in which status; one table for services and for "why is this disabled". */
const ALLOWED = {
  start: ['rehearsed'],
  decide: ['needs_approval'],
  abort: ['rehearsing', 'rehearsed', 'needs_approval', 'running'],
} as const satisfies Record<string, readonly BulkReplayStatus[]>

export const bulkReplayCan = (action: keyof typeof ALLOWED, status: BulkReplayStatus): boolean =>
  (ALLOWED[action] as readonly BulkReplayStatus[]).includes(status)

/** Worked on by a worker. */
export const isUnderWay = (status: BulkReplayStatus): boolean => ['rehearsing', 'running', 'aborting'].includes(status)

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

/** What judging depends on, by name: job and mapping versions, publications of its systems and of members, closed periods. */
export type ReplayBasis = Readonly<Record<string, string>>

/** The parts of the basis that moved, in words. */
export const movedSince = (then: ReplayBasis, now: ReplayBasis): string[] =>
  [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((part) => then[part] !== now[part]).sort()
