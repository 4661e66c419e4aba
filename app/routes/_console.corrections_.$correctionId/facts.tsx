import { paths } from '#app/paths.ts'
import { fieldCapital } from '#app/routes/_console/correction-words.ts'
import { SourceWord } from '#app/routes/_console/corrections-table.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

export function Facts({ screen: { correction, scope } }: { screen: Screen }) {
  const { artifactId, position, objectType, job, title, exceptionIds, entity, correctedEntity } = correction
  return (
    <KeyValue
      columns={2}
      items={[
        { key: 'Record', value: <span className="mono">{correction.sourceKey}</span> },
        { key: 'Field', value: fieldCapital(correction.field) },
        { key: 'As received', value: <SourceWord text={correction.found} /> },
        { key: 'Read as', value: <SourceWord text={correction.corrected} /> },
        { key: 'Why', value: correction.reason },
        { key: 'Entity', value: entity === correctedEntity ? entity : `${entity || 'none'}, then ${correctedEntity}` },
        { key: 'Proposed', value: <Said by={correction.proposedBy} at={correction.proposedAt} /> },
        {
          key: 'Second person',
          value: correction.decidedBy ? (
            <Said by={correction.decidedBy} at={correction.decidedAt} why={correction.decisionReason} />
          ) : correction.needsSecondPerson ? (
            'nobody yet'
          ) : (
            'not needed: it moves no money'
          ),
        },
        {
          key: 'Withdrawn',
          value: correction.withdrawnBy && (
            <Said by={correction.withdrawnBy} at={correction.withdrawnAt} why={correction.withdrawnReason} />
          ),
        },
        {
          key: 'Job',
          value: (
            <>
              <Link href={paths.job(job, scope)} className="link mono">
                {job}
              </Link>{' '}
              {title}, of {correction.systemName}
            </>
          ),
        },
        {
          key: 'Looked at',
          value: (
            <Link href={paths.artifact(artifactId, position, objectType)} className="link">
              artifact {artifactId}, position {position.toLocaleString('en')}
            </Link>
          ),
        },
        {
          key: 'Exceptions',
          value:
            exceptionIds.length === 0
              ? 'none'
              : exceptionIds.map((id) => (
                  <Link key={id} href={paths.exception(id, scope)} className="link mr-2">
                    Exception {id}
                  </Link>
                )),
        },
        {
          key: 'Audit',
          value: (
            <Link href={paths.audit({ object: `correction ${correction.correctionId}` })} className="link">
              Audit of this correction
            </Link>
          ),
        },
      ]}
    />
  )
}

function Said({ by, at, why }: { by: string; at: string | null; why?: string | null }) {
  return (
    <>
      {by}
      {at && (
        <>
          , <Time at={at} showZone />
        </>
      )}
      {why && `: ${why}`}
    </>
  )
}
