import { paths } from '#app/paths.ts'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

export function Facts({ proposal }: Pick<Screen, 'proposal'>) {
  const { name, baseVersion, proposedBy, proposedAt, answer, decidedBy, decidedAt, decisionReason } = proposal
  return (
    <KeyValue
      columns={2}
      items={[
        {
          key: 'Reconciliation',
          value: (
            <Link href={paths.reconciliations({ name })} className="link mono">
              {name}
            </Link>
          ),
        },
        { key: 'Follows', value: baseVersion === 0 ? 'nothing: it is new' : `version ${baseVersion}` },
        {
          key: 'Proposed',
          value: (
            <>
              by {proposedBy}, <Time at={proposedAt} showZone />
            </>
          ),
        },
        {
          key: 'Second person',
          value: decidedBy ? (
            <>
              {answer} by {decidedBy}
              {decidedAt && (
                <>
                  , <Time at={decidedAt} showZone />
                </>
              )}
              {decisionReason && `: “${decisionReason}”`}
            </>
          ) : (
            'nobody yet'
          ),
        },
        {
          key: 'Audit',
          value: (
            <Link href={paths.audit({ object: `reconciliation_definition ${name}` })} className="link">
              Audit of this definition
            </Link>
          ),
        },
      ]}
    />
  )
}
