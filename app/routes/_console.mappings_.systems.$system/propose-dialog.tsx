import { Form, useNavigation } from '@remix-run/react'
import { useState } from 'react'
import { paths } from '#app/paths.ts'
import { dimensionWords } from '#app/routes/_console/mapping-words.ts'
import { ReasonField } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { MAPPED_DIMENSIONS } from '#server/domain/job.ts'
import { Waiting } from './effect.tsx'
import type { DialogPart } from './screen.ts'

/** A draft; with a code in the address, what waits for it stands above the form. */
export function ProposeDialog({ view, refusal }: DialogPart) {
  const { system, search, scope, asked, choices, reasons } = view
  const closeHref = paths.mapping(system.system, scope)
  const isSending = useNavigation().formMethod === 'POST'
  const [key] = useState(view.key)
  const errors = refusal?.fields ?? {}
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={search.code ? `Map ${dimensionWords(search.dimension ?? '').toLowerCase()} ${search.code}` : 'Propose a mapping'}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reasons.propose} reasonAlign="end">
              Propose it for approval
            </Button>
          </>
        }
      >
        {refusal && !refusal.fields && (
          <Notice kind="broken" title={refusal.message ?? 'It was not proposed, and it is our fault'} />
        )}
        {asked && <Waiting effect={asked} />}
        <input type="hidden" name="intent" value="propose" />
        <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
        <div className="grid gap-3 sm:grid-cols-2">
          <Select
            label="Dimension"
            name="dimension"
            required
            defaultValue={search.dimension ?? 'cost_centre'}
            error={errors.dimension}
            options={MAPPED_DIMENSIONS.map((value) => ({ value, label: dimensionWords(value) }))}
          />
          <Input
            label={`Code in ${system.name}`}
            name="sourceCode"
            required
            maxLength={200}
            defaultValue={search.code ?? ''}
            error={errors.sourceCode}
          />
        </div>
        <Input
          label="Means"
          name="canonicalCode"
          maxLength={200}
          list="canonical-codes"
          autoComplete="off"
          error={errors.canonicalCode}
          hint="A member of the dimension. Left empty, the mapping of the code ends."
        />
        <datalist id="canonical-codes">
          {choices.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </datalist>
        <div className="grid gap-3 sm:grid-cols-2">
          <Input label="For lines dated from" name="effectiveFrom" type="date" error={errors.effectiveFrom} />
          <Input label="To, inclusive" name="effectiveTo" type="date" error={errors.effectiveTo} />
        </div>
        <ReasonField refusal={refusal} hint="For whoever approves it, and kept in the audit log." />
      </Dialog>
    </Form>
  )
}
