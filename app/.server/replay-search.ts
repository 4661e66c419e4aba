import { z } from 'zod'
import type { BulkReplaysFilter } from '#server/services/reads/replay-view.ts'
import type { BulkReplayStatus } from '#server/domain/bulk-replay.ts'
import { PUBLICATIONS_MAX, type ReplayAsked } from '#server/domain/replay-asked.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { Day, Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const Code = z.string().max(100).optional()

/** Which records, as an address or a form says it: exceptions by comma. */
export const AskedFields = z.object({
  exceptions: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9}){0,999}$/, 'Name exceptions by their numbers')
    .transform((text) => text.split(',').map((id) => Number.parseInt(id, 10)))
    .optional(),
  run: Id.optional(),
  job: Code,
  code: Code,
  entity: Code,
  period: Code,
  version: Code,
  currency: Code,
  from: Day.optional(),
  to: Day.optional(),
  publications: z
    .string()
    .regex(/^\d{1,2}$/)
    .transform((text) => Math.min(Number.parseInt(text, 10), PUBLICATIONS_MAX))
    .optional(),
  rules: z.enum(['current', 'original']).default('current'),
  closed: z.enum(['ask']).optional(),
})

export function askedOf({ rules, closed, ...asked }: z.infer<typeof AskedFields>): {
  asked: ReplayAsked
  rules: ReplayRules
  intoClosed: boolean
} {
  return { asked, rules, intoClosed: closed === 'ask' }
}

/** What a person looks for in the queue: how it stands. */
export const REPLAY_STATES = ['pending', 'going', 'ended'] as const
export type ReplayState = (typeof REPLAY_STATES)[number]
const STATUSES: Record<ReplayState, readonly BulkReplayStatus[]> = {
  pending: ['rehearsed', 'needs_approval'],
  going: ['rehearsing', 'running', 'aborting'],
  ended: ['ended', 'aborted', 'declined'],
}

const ReplaysSearch = z.object({
  state: z.enum(REPLAY_STATES).optional(),
  by: z.string().max(64).optional(),
  exception: Id.optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type ReplaysSearch = z.infer<typeof ReplaysSearch>

/** The view of the queue of replays, which its screen and its export share. */
export function readReplaysView({ url, actor }: Given): { search: ReplaysSearch; filter: Omit<BulkReplaysFilter, 'limit'> } {
  const search = readSearch(url, ReplaysSearch)
  const { state, by, exception, before, after } = search
  return {
    search,
    filter: { statuses: state && STATUSES[state], requestedBy: by, exceptionId: exception, reader: actor, before, after },
  }
}
