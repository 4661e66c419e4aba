import type { HistoryRow } from '#app/.server/reads.ts'
import { actionWords } from '#app/routes/_console/action-words.ts'
import { ENDING_WORDS, SEVERITY_WORDS, STATE_WORDS, TEAM_WORDS } from '#app/routes/_console/triage-words.ts'
import { formatBusinessDate, formatInstant } from '#app/ui/time.tsx'

const EVENT_WORDS: Readonly<Record<string, string>> = {
  opened: 'Found',
  seen: 'Seen again',
  replay_asked: 'Replay asked for',
  fixed: 'Fixed: its control passed again',
  'exception.assigned': 'Assigned',
  'exception.moved': 'Work moved on',
  'exception.graded': 'Severity changed',
  'exception.noted': 'Noted',
  'exception.ending_proposed': 'End proposed',
  'exception.ending_approved': 'End approved',
  'exception.ending_declined': 'End declined',
  'exception.ending_withdrawn': 'Proposed end withdrawn',
  'exception.reopened': 'Taken up again',
  'exception.proof_withdrawn': 'Open again: the run that had proved it fixed was rolled back',
  'exception.waiver_ended': 'The waiver ended',
  'exception.act_taken_back': 'Taken back',
}

type Of = Pick<HistoryRow, 'what' | 'facts'>

/** What happened, as people say it. */
export function eventWords({ what, facts }: Of): string {
  const words = EVENT_WORDS[what] ?? actionWords(what)
  if (what !== 'exception.ending_proposed' || !facts.ending) return words
  const until = facts.until ? `, until ${formatBusinessDate(facts.until)}` : ''
  return `${words}: ${ENDING_WORDS[facts.ending].verb.replace(' until a date', '').toLowerCase()}${until}`
}

export type ChangeWords = { readonly field: string; readonly from: string; readonly to: string }
type Side = HistoryRow['before']

const FIELDS: readonly { readonly field: string; readonly of: (side: Side, zone: string) => string | undefined }[] = [
  { field: 'State', of: ({ state }) => state && STATE_WORDS[state] },
  { field: 'Person', of: ({ assignee }) => (assignee === null ? 'nobody' : assignee) },
  { field: 'Team', of: ({ team }) => team && TEAM_WORDS[team] },
  { field: 'Severity', of: ({ severity }) => severity && SEVERITY_WORDS[severity] },
  { field: 'Due', of: ({ dueAt }, zone) => dueAt && `${formatInstant(dueAt, zone)} ${zone}` },
  {
    field: 'Waived until',
    of: ({ waivedUntil }) => (waivedUntil === null ? 'not waived' : waivedUntil && formatBusinessDate(waivedUntil)),
  },
]

/** What an act changed, field by field, from what to what. */
export function changeWords({ before, after }: Pick<HistoryRow, 'before' | 'after'>, zone: string): ChangeWords[] {
  return FIELDS.flatMap(({ field, of }) => {
    const [from, to] = [of(before, zone), of(after, zone)]
    return from === undefined || to === undefined ? [] : [{ field, from, to }]
  })
}
