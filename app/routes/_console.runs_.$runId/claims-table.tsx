import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ClaimRow } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { counted, OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { groupedDecimal } from '#app/ui/decimal.ts'
import { Delta } from '#app/ui/delta.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { MEASURE_WORDS as BANK_WORDS } from '#server/domain/exception.ts'

/** So many that tie are shown at once; a ledger states a closing balance for every account. */
const TIED_SHOWN = 8

/** What the source said of itself beside what arrived. What does not tie comes first, and is never folded away. */
export function ClaimsTable({ claims }: { claims: readonly ClaimRow[] }) {
  const untied = claims.filter(({ ties }) => ties === false)
  const others = claims.filter(({ ties }) => ties !== false)
  const [first, rest] = untied.length + others.length <= TIED_SHOWN ? [[...untied, ...others], []] : [untied, others]
  const note = claims.some(({ ties }) => ties === null)
    ? 'Not compared with what arrived: the run did not come that far.'
    : untied.length === 0
      ? `All ${counted(claims.length, 'figure')} it stated agree with what arrived.`
      : `${counted(untied.length, 'figure')} of ${claims.length.toLocaleString('en')} ${untied.length === 1 ? 'does' : 'do'} not agree.`
  return (
    <Section title="What the source stated" note={note}>
      {first.length > 0 && <Claims claims={first} caption="Figures the source stated" />}
      {rest.length > 0 && (
        <Disclosure summary={`${counted(rest.length, 'figure')} that agree`}>
          <Claims claims={rest} caption="Figures that agree" scroll={rest.length > 15 ? 'own' : 'page'} />
        </Disclosure>
      )}
    </Section>
  )
}

const MEASURE_WORDS: Readonly<Record<string, string>> = {
  records: 'Records',
  documents: 'Documents',
  debit: 'Debit',
  credit: 'Credit',
  net: 'Net',
  closing: 'Closing balance',
}
const COUNTS = new Set(['records', 'documents', 'records_in', 'records_out', 'parts'])
const isCount = ({ measure }: ClaimRow) => COUNTS.has(measure)

function Claims({ claims, caption, scroll = 'page' }: { claims: readonly ClaimRow[]; caption: string; scroll?: 'own' | 'page' }) {
  return (
    <DataTable
      caption={caption}
      scroll={scroll}
      rows={claims}
      rowKey={({ claimId }) => `${claimId}`}
      columns={[
        { key: 'about', head: 'About', cell: (claim) => <About claim={claim} /> },
        { key: 'as', head: 'Stated as', cell: ({ statedAs }) => <span className="mono">{statedAs}</span> },
        { key: 'stated', head: 'Stated', align: 'number', cell: (claim) => <Value claim={claim} value={claim.claimed} /> },
        { key: 'found', head: 'Found', align: 'number', cell: (claim) => <Value claim={claim} value={claim.found} /> },
        {
          key: 'difference',
          head: 'Stated − found',
          align: 'number',
          cell: (claim) => <Delta value={claim.difference} of="stated − found" />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        { key: 'ties', head: 'Ties', fit: true, cell: (claim) => <Ties claim={claim} /> },
      ]}
      empty={null}
    />
  )
}

function About({ claim }: { claim: ClaimRow }): ReactNode {
  const { kind, measure, objectType, subject, opening, currency } = claim
  if (kind === 'roll_forward') {
    return (
      <>
        Account <span className="mono">{subject}</span>: {MEASURE_WORDS[measure]?.toLowerCase() ?? measure}
        {opening !== null && <span className="text-ink-3"> from opening {groupedDecimal(opening)}</span>}
      </>
    )
  }
  if (kind === 'balance') {
    return (
      <>
        Statement <span className="mono">{subject}</span>: {BANK_WORDS[measure] ?? measure}
        {opening !== null && !isCount(claim) && (
          <span className="text-ink-3"> with {groupedDecimal(opening)} beside its entries</span>
        )}
      </>
    )
  }
  return (
    <>
      {MEASURE_WORDS[measure] ?? measure} of {OBJECT_WORDS[objectType][1].toLowerCase()}
      {currency === null && !isCount(claim) && <span className="text-ink-3"> over all currencies, as a hash total</span>}
    </>
  )
}

function Value({ claim, value }: { claim: ClaimRow; value: string | null }) {
  if (value !== null && isCount(claim)) return <Count value={BigInt(value.split('.')[0]!)} />
  return <Amount value={value} currency={claim.currency ?? ''} alignTo={2} />
}

function Ties({ claim: { ties, exceptionId } }: { claim: ClaimRow }): ReactNode {
  if (ties === null) return <span className="text-ink-3">not yet</span>
  if (ties) {
    return (
      <span className="inline-flex items-center gap-1 text-ink-2">
        <CircleCheck className="icon text-ink-3" aria-hidden /> Ties
      </span>
    )
  }
  return (
    <span className="inline-flex items-center gap-1 text-broken font-strong">
      <CircleX className="icon" aria-hidden /> Does not tie
      {exceptionId !== null && (
        <Link href={paths.exception(exceptionId)} className="link font-normal">
          Exception {exceptionId}
        </Link>
      )}
    </span>
  )
}
