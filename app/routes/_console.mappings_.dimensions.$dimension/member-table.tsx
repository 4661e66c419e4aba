import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { spanWords } from '#app/routes/_console/mapping-words.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { memberKey, type View } from './screen.ts'

type Member = View['rows'][number]
type Statement = Member['counts']

/** One row a member: what counts, and beside it what the other systems say where they say something else. */
export function MemberTable({ view, ...frame }: { view: View; empty: ReactNode; footer: ReactNode; pages: ReactNode }) {
  const { dimension, rows, search, scope } = view
  const { q, system, show, after } = search
  const kept = { ...scope, q, system, show, ...(after && { after: memberKey(after) }) }
  const isOfEntities = dimension !== 'entity' && rows.some(({ entity }) => entity !== '')
  return (
    <DataTable
      caption={`${OBJECT_WORDS[dimension][1]}, by entity and code`}
      rows={rows}
      rowKey={memberKey}
      href={(member) => paths.dimension(dimension, { ...kept, member: memberKey(member) })}
      selectedKey={search.member ? memberKey(search.member) : null}
      columns={[
        { key: 'code', head: 'Code', fit: true, cell: ({ code }) => <span className="mono">{code}</span> },
        { key: 'name', head: 'Name', cell: ({ counts }) => counts.name },
        ...(isOfEntities
          ? [
              {
                key: 'entity',
                head: 'Entity',
                fit: true,
                cell: ({ entity }: Member) =>
                  entity ? <span className="mono">{entity}</span> : <span className="text-ink-3">all</span>,
              },
            ]
          : []),
        {
          key: 'valid',
          head: 'Valid',
          cell: ({ counts: { validFrom, validTo } }) => (
            <span className={validFrom || validTo ? undefined : 'text-ink-3'}>{spanWords(validFrom, validTo)}</span>
          ),
        },
        { key: 'state', head: 'State', fit: true, cell: ({ counts }) => <Activity isActive={counts.isActive} /> },
        { key: 'by', head: 'Stated by', cell: (member) => <StatedBy member={member} /> },
        {
          key: 'others',
          head: 'Others say',
          wrap: true,
          cell: ({ others, counts }) => (
            <span className="text-ink-2">
              {others
                .map((other) => differenceWords(other, counts))
                .filter(Boolean)
                .join('; ')}
            </span>
          ),
        },
        {
          key: 'drift',
          head: 'Drift',
          fit: true,
          cell: ({ driftExceptionId }) =>
            driftExceptionId === null ? null : (
              <Link href={paths.exception(driftExceptionId, scope)} className="link">
                Exception {driftExceptionId}
              </Link>
            ),
        },
      ]}
      {...frame}
    />
  )
}

/** Silence is the good news. */
export const Activity = ({ isActive }: { isActive: boolean }) =>
  isActive ? <span className="text-ink-2">active</span> : <Badge tone="attention">Inactive</Badge>

const StatedBy = ({ member: { counts, isByHand } }: { member: Member }) => (
  <span className="inline-flex items-center gap-2">
    {counts.systemName}
    {isByHand && counts.system !== 'tower' && <Badge tone="past">By hand from a later date</Badge>}
  </span>
)

/** What another statement says that the one that counts does not. */
function differenceWords(other: Statement, counts: Statement): string {
  const parts = [
    ...(other.name.trim().toLowerCase() === counts.name.trim().toLowerCase() ? [] : [`“${other.name}”`]),
    ...(other.isActive === counts.isActive ? [] : [other.isActive ? 'active' : 'inactive']),
    ...(other.validFrom === counts.validFrom && other.validTo === counts.validTo
      ? []
      : [`valid ${spanWords(other.validFrom, other.validTo)}`]),
  ]
  return parts.length === 0 ? '' : `${other.systemName}: ${parts.join(', ')}`
}
