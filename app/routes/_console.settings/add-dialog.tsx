import { Form, useNavigation } from '@remix-run/react'
import { useState } from 'react'
import { paths } from '#app/paths.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { ROLES } from '#server/domain/actor.ts'

type Props = { reason: string | null; refusal: ReturnType<typeof useRefusal>; minted: string }

export function AddDialog({ reason, refusal, minted }: Props) {
  const [key] = useState(minted)
  const isSending = useNavigation().formMethod === 'POST'
  const closeHref = paths.settings()
  const { fields = {} } = refusal ?? {}
  return (
    <Form method="post" action={closeHref} preventScrollReset>
      <Dialog
        title="Add a person"
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reason} reasonAlign="end">
              Add the person
            </Button>
          </>
        }
      >
        {refusal && !refusal.fields && (
          <Notice kind="broken" title={refusal.message ?? 'Nobody was added, and it is our fault'}>
            {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
          </Notice>
        )}
        <input type="hidden" name="intent" value="add" />
        <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
        <div className="grid gap-3 sm:grid-cols-2">
          <Input label="Sign-in" name="signIn" required maxLength={64} autoComplete="off" error={fields.signIn} />
          <Input label="Name" name="name" required maxLength={100} autoComplete="off" error={fields.name} />
        </div>
        <Select
          label="Role"
          name="role"
          required
          defaultValue="finance_operations"
          options={ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role] }))}
          error={fields.role}
          hint="What the person may do. Everybody reads everything of their entities."
        />
        <Input
          label="Entities"
          name="entityScope"
          required
          defaultValue="*"
          error={fields.entityScope}
          hint="Codes by comma, such as NO01, SE01; * is all. What lies outside is neither shown nor changed."
        />
        <Input
          label="Password"
          name="password"
          type="password"
          required
          minLength={8}
          maxLength={200}
          autoComplete="new-password"
          error={fields.password}
          hint="At least 8 characters. Kept as a hash only; tell it to the person another way."
        />
      </Dialog>
    </Form>
  )
}
