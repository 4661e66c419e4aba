import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { SIGN_INTENTS, type SignIntent } from './intents.ts'
import type { Screen } from './screen.ts'

type Words = { readonly title: string; readonly submit: string; readonly kind: 'primary' | 'danger' }
const TEXT: Readonly<Record<SignIntent, Words>> = {
  prepare: { title: 'Prepare this reconciliation?', submit: 'Prepare it', kind: 'primary' },
  certify: { title: 'Certify this reconciliation?', submit: 'Certify it', kind: 'primary' },
  reject: { title: 'Send it back?', submit: 'Send it back', kind: 'danger' },
}

/** The dialog that the address names: the figures that are signed are in it. */
export function SignDialog({ screen, refusal }: DialogPart<Screen>) {
  const { reconciliation, comparison, definition, explanations, facts, scope, search, reasons } = screen
  const isSending = useIsSending()
  const intent = SIGN_INTENTS.find((one) => one === search.do)
  if (!intent) return null
  const { title, submit, kind } = TEXT[intent]
  const closeHref = paths.reconciliation(reconciliation.reconciliationId, scope)
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={title}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind={kind} pending={isSending} disabledReason={reasons[intent]} reasonAlign="end">
              {submit}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          {definition.title}, {reconciliation.entity} {reconciliation.period} {reconciliation.version}, as of publication{' '}
          {comparison.asOf}, with {counted(explanations.length, 'explanation')}
          {facts.preparedBy ? `, prepared by ${facts.preparedBy}` : ''}.
        </p>
        {intent !== 'reject' && <blockquote className="page-state">{definition.statement}</blockquote>}
        <FiguresInBrief screen={screen} />
        {intent === 'certify' && (
          <p>
            {facts.certifiedBy.length + 1 < facts.certifiersNeeded
              ? 'A second person certifies after you; then it is sealed.'
              : 'It is sealed: figures, differences, explanations, tolerance and signatures, under one hash. When something under it moves, it is superseded by itself and says what moved.'}
          </p>
        )}
        <Intent screen={screen} intent={intent} />
        <input type="hidden" name="revision" value={reconciliation.revision} />
        {intent === 'reject' ? (
          <ReasonField refusal={refusal} hint="Whoever prepares it reads this." />
        ) : (
          <Textarea label="Comment" name="reason" maxLength={1000} hint="Sealed beside your name." />
        )}
      </Dialog>
    </Form>
  )
}

/** What is signed, as narrow as a dialog. */
function FiguresInBrief({ screen: { figures, definition } }: { screen: Screen }) {
  return (
    <DataTable
      caption="What each side has"
      rows={figures}
      rowKey={({ side, account_group, currency }) => `${side} ${account_group} ${currency}`}
      columns={[
        { key: 'side', head: 'Side', cell: ({ side }) => definition.sides[side]!.name },
        { key: 'group', head: 'Account group', cell: ({ account_group }) => account_group },
        { key: 'keys', head: 'Keys', align: 'number', cell: ({ keys }) => <Count value={keys} /> },
        {
          key: 'amount',
          head: 'Amount',
          align: 'number',
          cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
      ]}
      empty={null}
    />
  )
}
