import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { Intent, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { FileDrop } from '#app/ui/file-drop.tsx'
import { EVIDENCE_BYTES_MAX, EVIDENCE_EXTENSIONS } from '#server/domain/reconciliation/evidence-file.ts'
import type { Screen } from './screen.ts'

/** A file beside the reconciliation as a whole. */
export function EvidenceDialog({ screen, refusal }: DialogPart<Screen>) {
  const { search, reconciliation, scope, reasons } = screen
  const isSending = useIsSending()
  if (search.do !== 'evidence') return null
  const closeHref = paths.reconciliation(reconciliation.reconciliationId, scope)
  return (
    <Form method="post" encType="multipart/form-data" preventScrollReset>
      <Dialog
        title="Add a file"
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reasons.explain} reasonAlign="end">
              Add it
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          It is kept as it is, with your name and its hash. It can be withdrawn and never deleted
          {reconciliation.state === 'prepared' ? '; what was prepared without it is prepared again' : ''}.
        </p>
        <Intent screen={screen} intent="evidence" />
        <EvidenceFile required />
      </Dialog>
    </Form>
  )
}

export function EvidenceFile({ required = false }: { required?: boolean }) {
  return (
    <FileDrop
      label="File"
      name="file"
      required={required}
      maxBytes={EVIDENCE_BYTES_MAX}
      accept={EVIDENCE_EXTENSIONS.map((extension) => `.${extension}`).join()}
      takes={`${EVIDENCE_EXTENSIONS.join(', ').toUpperCase()}, up to ${EVIDENCE_BYTES_MAX / 1_000_000} MB`}
    />
  )
}
