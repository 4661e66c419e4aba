import { Form, useNavigation } from '@remix-run/react'
import type { ReactNode } from 'react'
import type { PersonRow } from '#app/.server/reads.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button } from '#app/ui/button.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { ROLES } from '#server/domain/actor.ts'

type Refused = ReturnType<typeof useRefusal>
type Reasons = { readonly change: string | null; readonly role: string | null }

/** What may not be changed is shown and does not travel with the form. */
export function FactsForm({
  person: { signIn, name, role, entityScope },
  reasons,
  entities,
  minted,
  refusal,
}: {
  person: PersonRow
  reasons: Reasons
  entities: readonly string[]
  minted: string
  refusal: Refused
}) {
  const fields = refusal?.fields ?? {}
  const fixed = reasons.role !== null
  return (
    // Another person, or the same one changed elsewhere, begins with what is so now.
    <Asked key={`${signIn} ${name} ${role} ${entityScope.join()}`} intent="change" minted={minted}>
      <Input
        label="Name"
        name="name"
        required
        defaultValue={name}
        maxLength={100}
        autoComplete="off"
        disabled={reasons.change !== null}
        error={fields.name}
      />
      <Select
        label="Role"
        name="role"
        required
        defaultValue={role}
        disabled={fixed}
        options={ROLES.map((value) => ({ value, label: ROLE_WORDS[value] }))}
        hint={reasons.role ?? 'Counts at once, also in sessions that are open.'}
        error={fields.role}
      />
      <Input
        label="Entities"
        name="entityScope"
        required
        defaultValue={entityScope.join(', ')}
        disabled={fixed}
        autoComplete="off"
        hint={`Codes by comma; * is all.${entities.length > 0 ? ` There are ${entities.slice(0, 12).join(', ')}${entities.length > 12 ? ' and others' : ''}.` : ''}`}
        error={fields.entityScope}
      />
      <Input
        label="Reason"
        name="reason"
        maxLength={1_000}
        autoComplete="off"
        disabled={reasons.change !== null}
        error={fields.reason}
        hint="Kept in the audit log."
      />
      <Submit reason={reasons.change} intent="change" kind="primary">
        Save these facts
      </Submit>
    </Asked>
  )
}

export function PasswordForm({ reason, minted, refusal }: { reason: string | null; minted: string; refusal: Refused }) {
  return (
    <Asked intent="password" minted={minted}>
      <Input
        label="New password"
        name="password"
        type="password"
        required
        minLength={8}
        maxLength={200}
        autoComplete="new-password"
        disabled={reason !== null}
        error={refusal?.fields?.password}
        hint="At least 8 characters. Ends the sessions that are open."
      />
      <Submit reason={reason} intent="password">
        Set this password
      </Submit>
    </Asked>
  )
}

export function SessionsForm({ sessions, reason, minted }: { sessions: number; reason: string | null; minted: string }) {
  return (
    <Asked intent="end" minted={minted}>
      <Submit reason={reason ?? (sessions === 0 ? 'No session is open.' : null)} intent="end">
        {sessions > 0 ? `Sign out of ${counted(sessions, 'session')}` : 'Sign out everywhere'}
      </Submit>
    </Asked>
  )
}

type AccessProps = { isDisabled: boolean; name: string; reason: string | null; minted: string }

export function AccessForm({ isDisabled, name, reason, minted }: AccessProps) {
  const intent = isDisabled ? 'enable' : 'disable'
  return (
    <Asked intent={intent} minted={minted}>
      <Input
        label="Reason"
        name="reason"
        maxLength={1_000}
        autoComplete="off"
        disabled={reason !== null}
        hint="Kept in the audit log."
      />
      <Submit reason={reason} intent={intent} kind={isDisabled ? 'secondary' : 'danger'}>
        {isDisabled ? `Let ${name} sign in again` : `Disable ${name} and end all sessions`}
      </Submit>
    </Asked>
  )
}

export function Asked({ intent, minted, children }: { intent: string; minted: string; children: ReactNode }) {
  return (
    <Form method="post" className="grid max-w-[52ch] gap-3">
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="idempotencyKey" value={minted} autoComplete="off" />
      {children}
    </Form>
  )
}

type SubmitProps = { reason: string | null; intent: string; kind?: 'primary' | 'secondary' | 'danger'; children: ReactNode }

export function Submit({ reason, intent, kind = 'secondary', children }: SubmitProps) {
  const { formMethod, formData } = useNavigation()
  return (
    <div>
      <Button
        type="submit"
        kind={kind}
        pending={formMethod === 'POST' && formData?.get('intent') === intent}
        disabledReason={reason}
      >
        {children}
      </Button>
    </div>
  )
}
