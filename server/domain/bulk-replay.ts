/** What becomes of a selected record. The five sum to the selection. */
export const REPLAY_RESULTS = ['fixed', 'still_failing', 'failing_differently', 'skipped', 'not_allowed'] as const
export type ReplayResult = (typeof REPLAY_RESULTS)[number]

/** needs_approval: it goes into a closed period or moves what people signed, and a second person decides. aborting: the run that is under way comes to its end. */
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

/** What judging depends on, by name: job and mapping versions, corrections, publications of its systems and of members, closed periods. */
export type ReplayBasis = Readonly<Record<string, string>>

/** The parts of the basis that moved, in words. */
export const movedSince = (then: ReplayBasis, now: ReplayBasis): string[] =>
  [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((part) => then[part] !== now[part]).sort()
