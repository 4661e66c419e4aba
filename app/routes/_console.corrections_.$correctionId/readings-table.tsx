import type { CorrectionView } from '#app/.server/reads.ts'
import { paths, type Scope } from '#app/paths.ts'
import { SourceWord } from '#app/routes/_console/corrections-table.tsx'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Time } from '#app/ui/time.tsx'

/** What the source said each time, and whether the correction applied. */
export function ReadingsTable({ readings, scope }: { readings: CorrectionView['readings']; scope: Scope }) {
  return (
    <DataTable
      caption="Each time the record was read"
      rows={readings}
      rowKey={({ runId, position }) => `${runId} ${position}`}
      href={({ runId }) => paths.run(runId, scope)}
      columns={[
        { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => `Run ${runId}` },
        { key: 'at', head: 'When', fit: true, cell: ({ at }) => at && <Time at={at} /> },
        {
          key: 'kind',
          head: 'What it was',
          fit: true,
          cell: ({ isPreview, publication }) =>
            isPreview ? 'a rehearsal' : publication === null ? 'published nothing' : `publication ${publication}`,
        },
        { key: 'says', head: 'The source said', cell: ({ says }) => <SourceWord text={says} /> },
        {
          key: 'applied',
          head: 'Correction',
          cell: ({ isApplied }) =>
            isApplied ? <Badge tone="fine">Applied</Badge> : <Badge tone="past">Not applied: the source changed</Badge>,
        },
      ]}
      empty={<EmptyState title="Not read since">It applies when the record is read next: replay what waits.</EmptyState>}
    />
  )
}
