import { useState } from 'react'
import { Form } from '@remix-run/react'
import { amountText } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { Intent, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Input, Select, Textarea } from '#app/ui/field.tsx'
import { EXPLANATION_TYPES } from '#server/domain/reconciliation/state.ts'
import { EvidenceFile } from './evidence-dialog.tsx'
import { EXPLANATION_WORDS } from './explanation-words.ts'
import { keyWords, whyWords } from './part-words.ts'
import type { Screen } from './screen.ts'

/** What an unexplained key is, with its amount. */
export function ExplainDialog({ screen, refusal }: DialogPart<Screen>) {
  const { search, parts, definition, reconciliation, scope, reasons, evidence } = screen
  const files = evidence.filter(({ withdrawnAt }) => withdrawnAt === null)
  const isSending = useIsSending()
  const part = parts.find((one) => one.part === search.part && one.bucket === 'unexplained')
  if (search.do !== 'explain' || !part) return null
  const closeHref = paths.reconciliation(reconciliation.reconciliationId, { ...scope, bucket: search.bucket, part: search.part })
  return (
    <Form method="post" encType="multipart/form-data" preventScrollReset>
      <Dialog
        title={`Explain ${keyWords(part.key)}`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reasons.explain} reasonAlign="end">
              Explain it
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          {whyWords(part, definition)}: {amountText(part.amount, part.currency)} ({definition.sides[part.side]!.name} minus{' '}
          {definition.sides[0]!.name}). Nothing is changed by an explanation: it stands beside the figure, with your name.
        </p>
        <Intent screen={screen} intent="explain" />
        <SeenPart part={part.part} comparison={screen.comparison.comparisonId} />
        <Select
          label="What it is"
          name="type"
          required
          options={EXPLANATION_TYPES.map((value) => ({ value, label: EXPLANATION_WORDS[value] }))}
        />
        <Input
          label={`Amount explained, ${part.currency}`}
          name="amount"
          required
          defaultValue={part.amount}
          inputMode="decimal"
          error={refusal?.fields?.amount}
          hint="With its sign. What it does not cover stays unexplained."
        />
        <Textarea
          label="Explanation"
          name="reason"
          required
          minLength={5}
          maxLength={1000}
          error={refusal?.fields?.reason}
          hint="Sealed with the certification."
        />
        {files.length > 0 && (
          <Select
            label="Rests on a file that is there"
            name="evidence"
            options={[
              { value: '', label: 'None' },
              ...files.map(({ evidenceId, name }) => ({ value: `${evidenceId}`, label: name })),
            ]}
          />
        )}
        <EvidenceFile />
      </Dialog>
    </Form>
  )
}

/** What was there when the dialog opened. Compared again meanwhile, the same number is another part, and the answer says so. */
function SeenPart({ part, comparison }: { part: number; comparison: number }) {
  const [seen] = useState({ part, comparison })
  return (
    <>
      <input type="hidden" name="part" value={seen.part} autoComplete="off" />
      <input type="hidden" name="comparison" value={seen.comparison} autoComplete="off" />
    </>
  )
}
