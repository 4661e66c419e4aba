import { paths } from '#app/paths.ts'
import { CorrectionsTable } from '#app/routes/_console/corrections-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { Screen } from './screen.ts'

/** What people said the records behind it are to be read as. It closes when they pass, not when they are corrected. */
export function CorrectionsOfException({ screen: { corrections, exception, scope } }: { screen: Screen }) {
  const { rows, isCut } = corrections
  if (rows.length === 0) return null
  return (
    <Section title="Corrections" note="Made of the records that waited behind it">
      <CorrectionsTable
        caption="Corrections of records behind this exception"
        rows={rows}
        scope={scope}
        empty={null}
        footer={
          isCut && (
            <p className="figure-foot">
              The newest {rows.length} are shown.{' '}
              <Link href={paths.corrections({ ...scope, exception: `${exception.exceptionId}` })} className="link">
                Show all
              </Link>
            </p>
          )
        }
      />
    </Section>
  )
}
