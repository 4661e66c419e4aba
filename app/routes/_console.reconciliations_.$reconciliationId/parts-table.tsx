import { Form } from '@remix-run/react'
import { Fragment, type ReactNode } from 'react'
import type { ComparisonPart, PartItem } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { PageIntent, useIsSending } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Row, RowLink, Table } from '#app/ui/table.tsx'
import { readBecause } from '#server/domain/reconciliation/because-words.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import { BUCKET_WORDS } from '#server/domain/reconciliation/state.ts'
import { keyWords, whyWords } from './part-words.ts'
import type { Screen } from './screen.ts'

const COLUMNS = 8

/** Every part of the differences; the one that is open shows the lines it is made of. */
export function PartsTable({ screen }: { screen: Screen }) {
  const { parts, reconciliation, search, scope, definition } = screen
  const href = (part: number | undefined) =>
    paths.reconciliation(reconciliation.reconciliationId, { ...scope, bucket: search.bucket, part })
  return (
    <>
      {search.bucket && (
        <p>
          Only {BUCKET_WORDS[search.bucket as keyof typeof BUCKET_WORDS].toLowerCase()}.{' '}
          <Link href={paths.reconciliation(reconciliation.reconciliationId, scope)} className="link" keepScroll>
            Show all
          </Link>
        </p>
      )}
      <JoinParts screen={screen} />
      <Table caption="Parts of the differences, unexplained first" scroll="own">
        <thead>
          <tr>
            <HeadCell>{capital(definition.key.map((field) => field.replace('_', ' ')).join(', '))}</HeadCell>
            <HeadCell fit>Side</HeadCell>
            <HeadCell fit>Part</HeadCell>
            <HeadCell>Because</HeadCell>
            <HeadCell>Account group</HeadCell>
            <HeadCell align="number">Amount</HeadCell>
            <HeadCell align="currency" hidden>
              Currency
            </HeadCell>
            <HeadCell hidden>Act</HeadCell>
          </tr>
        </thead>
        <tbody>
          {parts.length === 0 && (
            <EmptyRow columns={COLUMNS}>
              <EmptyState title="Nothing differs">Every key of every side has the same amount.</EmptyState>
            </EmptyRow>
          )}
          {parts.map((part) => {
            const isOpen = search.part === part.part
            return (
              <Fragment key={part.part}>
                <Row href={href(isOpen ? undefined : part.part)} selected={isOpen}>
                  <Cell head>
                    <RowLink href={href(isOpen ? undefined : part.part)} keepScroll aria-expanded={isOpen}>
                      <span className="mono">{keyWords(part.key)}</span>
                    </RowLink>
                    {mayJoin(screen, part) && (
                      <input
                        // Of the next comparison the same number is another part, and a tick must not go over to it.
                        key={screen.comparison.comparisonId}
                        type="checkbox"
                        className="ms-2"
                        name={`part.${part.part}`}
                        value="on"
                        form={JOIN}
                        aria-label={`Join ${keyWords(part.key)}`}
                      />
                    )}
                  </Cell>
                  <Cell fit>{definition.sides[part.side]!.name}</Cell>
                  <Cell fit>{BUCKET_WORDS[part.bucket]}</Cell>
                  <Cell wrap>
                    {whyWords(part, definition)} <EvidenceLink part={part} scope={scope} />
                  </Cell>
                  <Cell>{part.account_group}</Cell>
                  <Cell align="number">
                    <Amount value={part.amount} currency={part.currency} />
                  </Cell>
                  <Cell align="currency">{part.currency}</Cell>
                  <Cell fit>{isLookedInto(part) && <Explain screen={screen} part={part.part} />}</Cell>
                </Row>
                {isOpen && screen.items && (
                  <tr>
                    <td colSpan={COLUMNS}>
                      <Items items={screen.items} screen={screen} currency={part.currency} />
                    </td>
                  </tr>
                )}
              </Fragment>
            )
          })}
        </tbody>
      </Table>
    </>
  )
}

const JOIN = 'join-parts'

/** Single lines that no rule put together; a person may say that they belong together. */
const mayJoin = ({ reasons, definition }: Screen, part: ComparisonPart): boolean =>
  isLookedInto(part) && !reasons.explain && namesItems(definition.key)

/** Of the sum of more differences than can be listed nobody can say what it is. */
const isLookedInto = ({ bucket, because }: ComparisonPart): boolean =>
  bucket === 'unexplained' && readBecause(because).kind !== 'bounded'

function JoinParts({ screen }: { screen: Screen }) {
  const isSending = useIsSending()
  if (screen.parts.filter((part) => mayJoin(screen, part)).length < 2) return null
  return (
    <Form method="post" preventScrollReset id={JOIN}>
      <PageIntent screen={screen} intent="joinParts" />
      <input type="hidden" name="comparison" value={screen.comparison.comparisonId} />
      <Button type="submit" size="small" pending={isSending}>
        Join what is ticked
      </Button>
    </Form>
  )
}

/** To what it was concluded from: the exception a person mends, the run. */
function EvidenceLink({ part, scope }: { part: ComparisonPart; scope: Screen['scope'] }) {
  const { exceptionIds, runId } = readBecause(part.because)
  const [exception] = exceptionIds ?? []
  const href = exception ? paths.exception(exception, scope) : runId && paths.run(runId, scope)
  return href ? (
    <Link href={href} className="link">
      Open
    </Link>
  ) : null
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function Explain({ screen, part }: { screen: Screen; part: number }) {
  const { reconciliation, reasons, scope, search } = screen
  if (reasons.explain) return null
  return (
    <ButtonLink
      size="small"
      kind="ghost"
      keepScroll
      href={paths.reconciliation(reconciliation.reconciliationId, { ...scope, bucket: search.bucket, part, do: 'explain' })}
    >
      Explain
    </ButtonLink>
  )
}

function Items({ items, screen, currency }: { items: readonly PartItem[]; screen: Screen; currency: string }) {
  const { definition, scope } = screen
  if (items.length === 0) return <p className="text-ink-3">Too much differs to look at each line.</p>
  return (
    <Table caption="The lines behind it">
      <thead>
        <tr>
          <HeadCell>Line</HeadCell>
          <HeadCell fit>Side</HeadCell>
          <HeadCell fit>Entity</HeadCell>
          <HeadCell fit>Period</HeadCell>
          <HeadCell fit>Account</HeadCell>
          <HeadCell>Document</HeadCell>
          <HeadCell fit>Date</HeadCell>
          <HeadCell align="number">Amount</HeadCell>
          <HeadCell align="currency" hidden>
            Currency
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={`${item.kind} ${item.itemId}`} data-quiet={item.isEvidence || undefined}>
            <Cell head>
              <OpenItem item={item} scope={scope}>
                <span className="mono">{item.sourceKey}</span>
              </OpenItem>
              {item.isEvidence && <span className="meta ms-1">elsewhere</span>}
              {item.kind === 'rejected' && <span className="meta ms-1">rejected</span>}
            </Cell>
            <Cell fit>{definition.sides[item.side]?.name}</Cell>
            <Cell fit>{item.entity}</Cell>
            <Cell fit>{item.period}</Cell>
            <Cell fit>{item.account}</Cell>
            <Cell>{item.document}</Cell>
            <Cell fit>{item.on}</Cell>
            <Cell align="number">
              <Amount value={item.amount} currency={currency} />
            </Cell>
            <Cell align="currency">{currency}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function OpenItem({ item, scope, children }: { item: PartItem; scope: Screen['scope']; children: ReactNode }) {
  const href = item.kind === 'line' ? paths.line(item.itemId, scope) : paths.artifact(item.artifactId, item.position)
  return (
    <Link href={href} className="link">
      {children}
    </Link>
  )
}
