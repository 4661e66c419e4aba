import { Form } from '@remix-run/react'
import type { RulePreview } from '#app/.server/reads.ts'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths } from '#app/paths.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { classOf, titleOf, type FailureCode } from '#server/domain/failure-names/said.ts'

type Screen = {
  readonly key: string
  readonly revision: number
  readonly reason: string | null
  readonly asked: { readonly keep: string | null }
  readonly preview: RulePreview | null
}

/** What saying so would do; then the decision. */
export function ConfirmName({ screen, code, refusal }: DialogPart<Screen> & { code: FailureCode }) {
  const { preview, revision, reason, asked } = screen
  const isSending = useIsSending()
  const isPhraseMissing = asked.keep !== null && preview === null
  const problem = preview?.problem ?? (isPhraseMissing ? 'Write the code or the sentence the rule goes by.' : null)
  return (
    <>
      {preview && <Preview preview={preview} />}
      <Section title="Say so">
        <Form method="post" className="grid max-w-3xl gap-3">
          <Refused refusal={refusal} />
          <p className="flex flex-wrap items-center gap-2">
            It becomes <FailureClassBadge failureClass={classOf(code)} /> {titleOf(code)}.
          </p>
          <Intent screen={screen} intent="classify" />
          <input type="hidden" name="code" value={code} />
          <input type="hidden" name="revision" value={revision} />
          {preview && (
            <>
              <input type="hidden" name="match" value={preview.match} />
              <input type="hidden" name="value" value={preview.value} />
            </>
          )}
          <ReasonField refusal={refusal} />
          <div>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reason ?? problem}>
              {preview ? 'Classify it and keep the rule' : 'Classify it'}
            </Button>
          </div>
        </Form>
      </Section>
    </>
  )
}

function Preview({ preview: { match, value, problem, rows, matched, looked, isCut } }: { preview: RulePreview }) {
  return (
    <Section title="What the rule would have named" note="Failures of this system that were kept without a name">
      {problem && (
        <Notice kind="attention" title="It cannot be kept like this">
          {problem}.
        </Notice>
      )}
      <p>
        The {match === 'code' ? 'code' : 'sentence'} <span className="mono wrap-anywhere">{value}</span> would have named{' '}
        {matched} of {counted(looked, 'failure')}
        {isCut && ', the newest that were kept'}. What is closed stays as it was.
      </p>
      <DataTable
        caption="Failures the rule would have named"
        rows={rows}
        rowKey={({ runId, attempt }) => `${runId} ${attempt}`}
        href={({ runId }) => paths.run(runId)}
        columns={[
          { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => `Run ${runId}` },
          { key: 'at', head: 'When', fit: true, cell: ({ at }) => <Time at={at} /> },
          { key: 'job', head: 'Job', fit: true, cell: ({ job }) => <span className="mono">{job}</span> },
          { key: 'detail', head: 'What was said', wrap: true, cell: ({ detail }) => detail },
        ]}
        empty={<EmptyState title="None">The rule does not match what was kept.</EmptyState>}
        footer={rows.length < matched && <p className="figure-foot">The newest {rows.length} are shown.</p>}
      />
    </Section>
  )
}
