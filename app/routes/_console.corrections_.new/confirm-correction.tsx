import { Form } from '@remix-run/react'
import type { CorrectionDraft, JudgedLine } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { correctionTitle } from '#app/routes/_console/correction-words.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { reasonWords } from '#app/routes/_console/reason-words.ts'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Screen = Pick<CorrectionDraft, 'asked' | 'before' | 'after' | 'refused'> & {
  readonly key: string
  readonly reason: string | null
}

/** What the record would come to; then the decision. */
export function ConfirmCorrection({ screen, refusal }: DialogPart<Screen>) {
  const { asked, before, after, refused, reason } = screen
  const isSending = useIsSending()
  if (!asked || !after) return null
  const left = after.findings.map((finding) => reasonWords(finding))
  return (
    <>
      <Section title="What that does" note="By the rules, mapping and members as they stand now">
        <Sides before={before} after={after} />
        {refused === null && (
          <Notice
            kind={left.length === 0 ? 'success' : 'attention'}
            title={left.length === 0 ? 'The record passes its rules' : `It would still wait: ${left.join('; ')}`}
          >
            Its document, duplicates and the totals of the load are judged when it is replayed. Nothing is loaded by correcting
            alone.
          </Notice>
        )}
      </Section>
      <Section title="Correct it">
        <Form method="post" className="grid max-w-3xl gap-3" preventScrollReset>
          <Refused refusal={refusal} />
          <p>
            {correctionTitle(asked)}.{' '}
            {asked.needsSecondPerson
              ? 'It may move money from one figure to another, so it applies once somebody else has approved it.'
              : 'It applies from now on, whenever the record is read, for as long as the source says the same.'}
          </p>
          <Intent screen={screen} intent="propose" />
          <input type="hidden" name="field" value={asked.field} />
          <input type="hidden" name="found" value={asked.found} />
          <input type="hidden" name="corrected" value={asked.corrected} />
          <ReasonField refusal={refusal} hint="For whoever reads the line later, and kept in the audit log." />
          <div>
            <Button
              type="submit"
              kind="primary"
              pending={isSending}
              disabledReason={reason ?? (refused === null ? null : `It cannot be read like this: ${refused}.`)}
            >
              {asked.needsSecondPerson ? 'Propose the correction' : 'Correct the record'}
            </Button>
          </div>
        </Form>
      </Section>
    </>
  )
}

const ROWS = [
  { key: 'entity', label: 'Entity' },
  { key: 'period', label: 'Period' },
  { key: 'version', label: 'Version' },
  { key: 'currency', label: 'Currency' },
  { key: 'debit', label: 'Debit' },
  { key: 'credit', label: 'Credit' },
] as const

function Sides({ before, after }: { before: JudgedLine; after: JudgedLine }) {
  const cell = (side: JudgedLine, key: (typeof ROWS)[number]['key']) =>
    key === 'debit' || key === 'credit' ? (
      <Amount value={side[key]} currency={side.currency} inline />
    ) : (
      <span className="mono">{side[key]}</span>
    )
  return (
    <DataTable
      caption="The record now, and with the correction"
      rows={ROWS}
      rowKey={({ key }) => key}
      columns={[
        { key: 'what', head: 'Figure', cell: ({ label }) => label },
        { key: 'before', head: 'Now', cell: ({ key }) => cell(before, key) },
        { key: 'after', head: 'Corrected', cell: ({ key }) => cell(after, key) },
        {
          key: 'moves',
          head: 'Moves',
          cell: ({ key }) => (before[key] === after[key] ? <span className="text-ink-3">no</span> : 'yes'),
        },
      ]}
      empty={null}
    />
  )
}
