import { Form, useNavigation } from '@remix-run/react'
import { useState } from 'react'
import { paths } from '#app/paths.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { ReasonField } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { memberKey, type View } from './screen.ts'

/** Adds a member, or corrects the one the address names. */
export function CorrectDialog({ view, refusal }: { view: View; refusal: ReturnType<typeof useRefusal> }) {
  const { dimension, search, scope, selected, against, today } = view
  const { q, system, show, member } = search
  const closeHref = paths.dimension(dimension, { ...scope, q, system, show, ...(member && { member: memberKey(member) }) })
  const known = selected?.member?.counts ?? selected?.history.find(({ untilPublication }) => untilPublication === null)
  const [key] = useState(view.key)
  const isSending = useNavigation().formMethod === 'POST'
  const errors = refusal?.fields ?? {}
  const one = OBJECT_WORDS[dimension][0].toLowerCase()
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={member ? `Correct ${one} ${member.code} by hand` : `Add a ${one} by hand`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={against} reasonAlign="end">
              {member ? 'Load this correction' : `Load this ${one}`}
            </Button>
          </>
        }
      >
        {refusal && !refusal.fields && (
          <Notice kind="broken" title={refusal.message ?? 'It was not loaded, and it is our fault'} />
        )}
        <p>
          From its date on it counts before what any system says, until somebody rolls its run back. It is loaded like a file:
          judged, published and audited. Put it right at its source as well.
        </p>
        <input type="hidden" name="dimension" value={dimension} />
        <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
        {member ? (
          <>
            <input type="hidden" name="code" value={member.code} />
            <input type="hidden" name="entity" value={member.entity} />
          </>
        ) : (
          <div className="grid gap-3 sm:grid-cols-2">
            <Input label="Code" name="code" required maxLength={200} error={errors.code} />
            {dimension !== 'entity' && (
              <Input
                label="Entity"
                name="entity"
                maxLength={64}
                defaultValue={scope.entity ?? ''}
                error={errors.entity}
                hint="Left empty it belongs to all."
              />
            )}
          </div>
        )}
        <Input label="Name" name="name" required maxLength={200} defaultValue={known?.name ?? ''} error={errors.name} />
        <div className="grid gap-3 sm:grid-cols-3">
          <Input label="Holds from" name="validFrom" type="date" required defaultValue={today} error={errors.validFrom} />
          <Input label="To, inclusive" name="validTo" type="date" error={errors.validTo} />
          <Select
            label="State"
            name="isActive"
            required
            defaultValue={known?.isActive === false ? 'inactive' : 'active'}
            options={[
              { value: 'active', label: 'Active' },
              { value: 'inactive', label: 'Inactive' },
            ]}
          />
        </div>
        <ReasonField refusal={refusal} hint="Kept with the member and in the audit log." />
      </Dialog>
    </Form>
  )
}
