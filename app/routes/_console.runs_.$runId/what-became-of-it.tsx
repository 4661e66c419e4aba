import { Amount, Count } from '#app/components/amount.tsx'
import { ConservationWaterfall } from '#app/components/conservation-waterfall.tsx'
import type { Conservation, WaterfallPart } from '#app/components/conservation.ts'
import { paths } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { ObjectType } from '#server/domain/record.ts'
import { CONSERVED, type Checkpoint } from '#server/domain/run.ts'
import type { OutcomeSum } from '#app/.server/reads.ts'
import type { Screen } from './screen.ts'

/** Lines per currency as a picture, members of dimensions as counts. Both must account for every record. */
export function WhatBecameOfIt({ screen }: { screen: Screen }) {
  const { sums } = screen
  const currencies = [...new Set(sums.filter((sum) => sum.isLine).map((sum) => sum.currency))]
  const kinds = [...new Set(sums.filter((sum) => !sum.isLine).map((sum) => sum.objectType))]
  return (
    <Section title="What became of the records">
      {currencies.length > 0 && (
        <div className="grid gap-x-10 gap-y-6 2xl:grid-cols-2">
          {currencies.map((currency) => (
            <OneCurrency key={currency} screen={screen} currency={currency} />
          ))}
        </div>
      )}
      {kinds.length > 0 && <Members screen={screen} kinds={kinds} />}
    </Section>
  )
}

function OneCurrency({ screen, currency }: { screen: Screen; currency: string }) {
  const ofCurrency = screen.sums.filter((sum) => sum.isLine && sum.currency === currency)
  const at = (checkpoint: Checkpoint) => ofCurrency.find((sum) => sum.checkpoint === checkpoint)
  // Nothing is written with as many digits as the rest, so that the column stands straight.
  const nothing = at('extracted')?.debit.replace(/\d/g, '0').replace(/^-?0+/, '0') ?? '0'
  const measure = (checkpoint: Checkpoint) => {
    const sum = at(checkpoint)
    return { count: sum?.count ?? 0, amount: sum?.debit ?? nothing }
  }
  const parts = ['extracted', ...(at('corrected') ? (['corrected'] as const) : []), ...CONSERVED] as const
  const given = Object.fromEntries(parts.map((part) => [part, measure(part)])) as Conservation
  const extracted = at('extracted')
  return (
    <ConservationWaterfall
      caption={`Lines in ${currency || 'no known currency'}`}
      currency={currency}
      measure="Debit"
      given={given}
      hrefs={hrefsOf(screen, currency)}
      footer={
        extracted && (
          <p className="meta">
            Credit extracted <Amount value={extracted.credit} currency={currency} inline />, net{' '}
            <Amount value={extracted.net} currency={currency} inline />. Each part is proved in records, debit and credit.
          </p>
        )
      }
    />
  )
}

/** The list behind each figure. Lines can be opened once they are published; before that they are nobody's. */
function hrefsOf({ run, scope }: Screen, currency: string): Partial<Record<WaterfallPart, string>> {
  const rest = { ...scope, asOf: undefined }
  const lines =
    run.publication === null
      ? undefined
      : paths.lines({ asOf: run.publication, publication: run.publication, ...(currency && { currency }) })
  return {
    extracted: '#deliveries',
    corrected: paths.corrections({ run: `${run.runId}` }),
    rejected: paths.runRejected(run.runId, rest),
    unchanged: paths.runRepeats(run.runId, { ...rest, outcome: 'unchanged' }),
    duplicate: paths.runRepeats(run.runId, { ...rest, outcome: 'duplicate' }),
    ...(lines && { new: lines, changed: lines }),
  }
}

const MEMBER_PARTS = ['extracted', 'new', 'changed', 'unchanged', 'duplicate', 'rejected'] as const
const PART_WORDS = {
  extracted: 'Extracted',
  new: 'New',
  changed: 'Changed',
  unchanged: 'Unchanged',
  duplicate: 'Duplicate',
  rejected: 'Rejected',
} as const

function Members({ screen, kinds }: { screen: Screen; kinds: readonly ObjectType[] }) {
  const countOf = (kind: ObjectType, part: Checkpoint) =>
    screen.sums.find((sum: OutcomeSum) => sum.objectType === kind && sum.checkpoint === part)?.count ?? 0
  const { run, scope } = screen
  const hrefOf = (part: (typeof MEMBER_PARTS)[number]) => {
    if (part === 'rejected') return paths.runRejected(run.runId, scope)
    return part === 'unchanged' || part === 'duplicate' ? paths.runRepeats(run.runId, { ...scope, outcome: part }) : undefined
  }
  return (
    <DataTable
      caption="Members of dimensions"
      captionShown
      rows={kinds}
      rowKey={(kind) => kind}
      columns={[
        { key: 'kind', head: 'Kind', cell: (kind) => OBJECT_WORDS[kind][1] },
        ...MEMBER_PARTS.map((part) => ({
          key: part,
          head: PART_WORDS[part],
          align: 'number' as const,
          cell: (kind: ObjectType) => <Opened count={countOf(kind, part)} href={hrefOf(part)} />,
        })),
      ]}
      empty={null}
    />
  )
}

function Opened({ count, href }: { count: number; href: string | undefined }) {
  if (!href || count === 0) return <Count value={count} />
  return (
    <Link href={href} className="link-quiet">
      <Count value={count} />
    </Link>
  )
}
