import { Section } from '#app/ui/page-header.tsx'
import { ClaimsTable } from './claims-table.tsx'
import { Delivered } from './delivered.tsx'
import { ExceptionsOfRun, ForeseenExceptions } from './exceptions-of-run.tsx'
import { Attempts, Deliveries, Facts, Relatives } from './history.tsx'
import type { Screen } from './screen.ts'
import { SliceTotals } from './slice-totals.tsx'
import { WhatBecameOfIt } from './what-became-of-it.tsx'

/** What the run came to: every record accounted for, what it raised, what it read, how it came about. */
export function Outcome({ screen }: { screen: Screen }) {
  const { run } = screen
  const hasTotals = screen.sums.length > 0
  const isRollback = run.trigger === 'rollback'
  return (
    <>
      {hasTotals && <WhatBecameOfIt screen={screen} />}
      {hasTotals && <SliceTotals screen={screen} />}
      {screen.claims.length > 0 && <ClaimsTable claims={screen.claims} />}
      {run.isPreview ? <ForeseenExceptions exceptions={screen.foreseen} /> : <ExceptionsOfRun screen={screen} />}
      <Delivered screen={screen} />
      {!isRollback && <Deliveries screen={screen} />}
      <Relatives screen={screen} />
      <Section title="Facts">
        <Facts screen={screen} />
      </Section>
      {screen.attempts.length > 0 && <Attempts attempts={screen.attempts} />}
    </>
  )
}
