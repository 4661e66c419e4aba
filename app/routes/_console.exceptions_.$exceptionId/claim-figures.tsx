import { Amount } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Delta } from '#app/ui/delta.tsx'
import { Figure } from '#app/ui/figure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Cell, HeadCell, Row, Table } from '#app/ui/table.tsx'
import { MEASURE_WORDS } from '#server/domain/exception.ts'
import type { ObjectType } from '#server/domain/record.ts'

type Claim = {
  readonly claimId: number
  readonly kind: 'total' | 'roll_forward' | 'balance'
  readonly measure: string
  readonly objectType: ObjectType
  readonly subject: string
  readonly currency: string | null
  readonly statedAs: string
  readonly claimed: string
  readonly opening: string | null
  readonly movement: string | null
  readonly found: string | null
  readonly difference: string | null
  readonly artifactId: number
}

/** What the source states, what the records come to, and the difference: step by step, so that one can follow it with a pencil. */
export function ClaimFigures({ claims, runId }: { claims: readonly Claim[]; runId: number }) {
  return (
    <Section title="The claim" note={`As judged by run ${runId}`}>
      {claims.map((claim) => (
        <Table key={claim.claimId} caption={`Claim ${claim.statedAs}`} className="max-w-3xl">
          <thead>
            <tr>
              <HeadCell>
                {claim.kind === 'roll_forward'
                  ? `Account ${claim.subject}, debit positive`
                  : claim.kind === 'balance'
                    ? `Statement ${claim.subject}: ${MEASURE_WORDS[claim.measure] ?? claim.measure}, money in positive`
                    : `${OBJECT_WORDS[claim.objectType][1]}: ${claim.measure}`}
              </HeadCell>
              <HeadCell align="number">Figure</HeadCell>
              <HeadCell align="currency" hidden>
                Currency
              </HeadCell>
              <HeadCell>Where it comes from</HeadCell>
            </tr>
          </thead>
          <tbody>
            {stepsOf(claim).map(({ label, value, from, isDifference }) => (
              <Row key={label}>
                <Cell head>{isDifference ? <strong>{label}</strong> : label}</Cell>
                <Cell align="number">
                  {isDifference ? (
                    <strong>
                      <Delta value={value} of="stated minus found" />
                    </strong>
                  ) : (
                    <Value value={value} currency={claim.currency} />
                  )}
                </Cell>
                <Cell align="currency">{claim.currency}</Cell>
                <Cell wrap>
                  {from === 'source' ? (
                    <Link href={paths.artifact(claim.artifactId)} className="link">
                      {claim.statedAs}
                    </Link>
                  ) : (
                    <span className="text-ink-2">{from}</span>
                  )}
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      ))}
    </Section>
  )
}

type Step = { label: string; value: string | null; from: string; isDifference?: boolean }

function stepsOf(claim: Claim): Step[] {
  const difference: Step = { label: 'Difference, stated minus found', value: claim.difference, from: '', isDifference: true }
  if (claim.kind === 'total') {
    return [
      { label: 'Stated', value: claim.claimed, from: 'source' },
      { label: 'Found', value: claim.found, from: 'all records of the load, the rejected ones too' },
      difference,
    ]
  }
  if (claim.kind === 'balance') {
    return [
      {
        label: claim.measure === 'closing' ? 'Opening, stated' : 'Beside the entries',
        value: claim.opening,
        from: claim.measure === 'closing' ? 'source' : 'what the file holds and is no booked entry',
      },
      { label: 'Entries', value: claim.movement, from: 'the records of the statement, the rejected ones too' },
      { label: 'Found', value: claim.found, from: 'both together' },
      { label: 'Stated', value: claim.claimed, from: 'source' },
      difference,
    ]
  }
  return [
    { label: 'Opening, stated', value: claim.opening, from: 'source' },
    { label: 'Movement', value: claim.movement, from: 'debit minus credit of the lines on this account in this load' },
    { label: 'Closing, found', value: claim.found, from: 'opening plus movement' },
    { label: 'Closing, stated', value: claim.claimed, from: 'source' },
    difference,
  ]
}

const Value = ({ value, currency }: { value: string | null; currency: string | null }) =>
  currency ? <Amount value={value} currency={currency} /> : <Figure value={value} />
