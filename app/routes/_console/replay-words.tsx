import { Ban, FlaskConical, Hourglass, type LucideIcon } from 'lucide-react'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import { REPLAY_RESULTS, type BulkReplayStatus, type ReplayResult } from '#server/domain/bulk-replay.ts'
import type { ReplayAsked } from '#server/domain/replay-asked.ts'
import { counted } from './words.ts'
import { reasonTitle } from './reason-words.ts'

export const REPLAY_STATUS_LOOK: Record<BulkReplayStatus, { label: string; tone: Tone; icon?: LucideIcon }> = {
  rehearsing: { label: 'Rehearsing', tone: 'running' },
  rehearsed: { label: 'Rehearsed', tone: 'past', icon: FlaskConical },
  needs_approval: { label: 'Needs approval', tone: 'attention', icon: Hourglass },
  running: { label: 'Running', tone: 'running' },
  aborting: { label: 'Aborting', tone: 'attention' },
  ended: { label: 'Ended', tone: 'fine' },
  aborted: { label: 'Aborted', tone: 'past', icon: Ban },
  declined: { label: 'Declined', tone: 'past', icon: Ban },
}

export function ReplayStatusBadge({ status }: { status: BulkReplayStatus }) {
  const { label, tone, icon } = REPLAY_STATUS_LOOK[status]
  return (
    <Badge tone={tone} {...(icon && { icon })}>
      {label}
    </Badge>
  )
}

export const RESULT_WORDS: Record<ReplayResult, { label: string; foretold: string; text: string }> = {
  fixed: { label: 'Fixed', foretold: 'Would pass', text: 'accepted and published' },
  still_failing: { label: 'Still failing', foretold: 'Would still fail', text: 'with the cause it is here for' },
  failing_differently: {
    label: 'Failing differently',
    foretold: 'Would fail differently',
    text: 'with another cause, or held with its load',
  },
  skipped: { label: 'Skipped', foretold: 'Skipped', text: 'not judged: newer data covers it, or it had no turn' },
  not_allowed: {
    label: 'Not allowed',
    foretold: 'Not allowed',
    text: 'outside the scope, closed without an override, or a paused job',
  },
}

/** Why a record was left, or fails now: 'publication 12 covers it; rerun instead'. */
export function whyWords(why: string): string {
  const [code = '', ...rest] = why.split(' ')
  const of = rest.join(' ')
  const words: Readonly<Record<string, string>> = {
    overtaken: `publication ${of} brought newer data; rerun instead`,
    judged_again: `run ${of} judged it again since`,
    period_closed: `${of} is closed`,
    outside_entity_scope: 'it touches an entity outside the scope of whoever asks',
    job_paused: 'its job is paused',
    run_failed: `run ${of} did not come to its end`,
    not_found: `run ${of} did not find it where it was: the job reads the artifact in another way now`,
    load_held: `it passes, but run ${of} is held`,
    no_input: 'its run kept no input',
    aborted: 'aborted before its turn',
    override_declined: 'the override was declined',
    now: `now: ${reasonTitle(of).toLowerCase()}`,
  }
  return words[code] ?? why.replaceAll('_', ' ')
}

const LIST = new Intl.ListFormat('en', { type: 'conjunction' })

/** What was asked for, in a sentence's end: 'exception 7, DE01, 2026-11'. */
export function askedWords({ exceptions, run, job, code, entity, period, version, currency, from, to }: ReplayAsked): string {
  const days = from && to ? `runs from ${from} to ${to}` : from ? `runs from ${from}` : to ? `runs to ${to}` : null
  const parts = [
    exceptions &&
      (exceptions.length > 3
        ? counted(exceptions.length, 'exception')
        : `${exceptions.length > 1 ? 'exceptions' : 'exception'} ${LIST.format(exceptions.map(String))}`),
    run !== undefined && `run ${run}`,
    job && `job ${job}`,
    code && reasonTitle(code).toLowerCase(),
    entity,
    period,
    version,
    currency,
    days,
  ]
  return parts.filter(Boolean).join(', ')
}

/** '3 fixed, 2 skipped', and of what is only rehearsed '3 would pass, 2 skipped': only results that there are. */
export function resultsWords(
  results: Partial<Record<ReplayResult | 'open', number>>,
  said: 'label' | 'foretold' = 'label',
): string {
  const parts = REPLAY_RESULTS.flatMap((result) => {
    const n = results[result] ?? 0
    return n > 0 ? [`${n.toLocaleString('en')} ${RESULT_WORDS[result][said].toLowerCase()}`] : []
  })
  if (results.open) parts.push(`${results.open.toLocaleString('en')} to come`)
  return parts.join(', ') || 'nothing'
}
