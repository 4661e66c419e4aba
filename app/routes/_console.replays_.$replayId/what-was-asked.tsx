import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { askedWords } from '#app/routes/_console/replay-words.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

/** Who asked for what, why, and who decided. */
export function WhatWasAsked({ screen: { replay, scope } }: { screen: Screen }) {
  const { asked, rules, closedPeriods, requestedBy, requestedAt, rehearsedAt, reason, confirmedAt, decidedBy, decidedAt } = replay
  const when = (by: string | null, at: string | null) =>
    at && (
      <>
        {by} <Time at={at} showZone />
      </>
    )
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['Selection', askedWords(asked)],
    ['Judged by', rules === 'original' ? 'the rules of then' : 'the rules as they stand'],
    ['Closed periods', closedPeriods.join(', ') || 'left alone'],
    ['Asked for', when(requestedBy, requestedAt)],
    ['Rehearsed', when('', rehearsedAt)],
    ['Confirmed', when(requestedBy, confirmedAt)],
    ['Reason', reason],
    [replay.isApproved === false ? 'Declined' : 'Approved', when(decidedBy, decidedAt)],
    ['Why so', replay.decisionReason],
    ['Aborted', when(replay.abortedBy, replay.abortedAt)],
    ['Ended', when('', replay.endedAt)],
  ]
  return (
    <Section
      title="What was asked"
      actions={
        <Link href={paths.audit({ object: `replay ${replay.bulkReplayId}` })} className="link">
          Its audit events
        </Link>
      }
    >
      <KeyValue items={rows.filter(([, value]) => value).map(([key, value]) => ({ key, value }))} />
      {asked.exceptions && asked.exceptions.length <= 20 && (
        <p className="text-ink-2">
          {asked.exceptions.map((id) => (
            <Link key={id} href={paths.exception(id, scope)} className="link me-3">
              Exception {id}
            </Link>
          ))}
        </p>
      )}
    </Section>
  )
}
