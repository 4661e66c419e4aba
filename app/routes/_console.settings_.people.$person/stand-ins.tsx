import { Form } from '@remix-run/react'
import type { StandIn } from '#app/.server/reads.ts'
import { scopeWords } from '#app/routes/_console/person-form.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Time } from '#app/ui/time.tsx'
import { Asked, Submit } from './person-forms.tsx'

type ListProps = { rows: readonly StandIn[]; me: string; isAdmin: boolean; minted: string }

export function StandIns({ rows, me, isAdmin, minted }: ListProps) {
  return (
    <DataTable
      caption="Stand-ins, newest first"
      rows={rows}
      rowKey={({ standInId }) => `${standInId}`}
      columns={[
        { key: 'who', head: 'Stands in', fit: true, cell: ({ standIn }) => standIn },
        { key: 'for', head: 'For', fit: true, cell: ({ forPerson }) => forPerson },
        { key: 'entities', head: 'Entities', wrap: true, cell: ({ entities }) => scopeWords(entities) },
        { key: 'until', head: 'Until', fit: true, cell: ({ endsAt }) => <Time at={endsAt} showZone /> },
        { key: 'why', head: 'Reason', wrap: true, cell: ({ reason }) => reason },
        { key: 'by', head: 'Named by', fit: true, cell: ({ namedBy }) => namedBy },
        {
          key: 'state',
          head: 'State',
          fit: true,
          cell: ({ isInForce, endedBy }) => (
            <Badge tone={isInForce ? 'fine' : 'past'}>{isInForce ? 'In force' : endedBy ? `Ended by ${endedBy}` : 'Over'}</Badge>
          ),
        },
      ]}
      actions={({ standInId, isInForce, forPerson, standIn }) =>
        isInForce && (isAdmin || me === forPerson || me === standIn) ? (
          <Form method="post" preventScrollReset>
            <input type="hidden" name="intent" value="end-stand-in" />
            <input type="hidden" name="idempotencyKey" value={minted} autoComplete="off" />
            <input type="hidden" name="standIn" value={standInId} />
            <Button type="submit" size="small" kind="ghost">
              End
            </Button>
          </Form>
        ) : null
      }
      empty={
        <EmptyState title="Nobody stands in">
          Name somebody before a holiday: what waits for a signature then waits for nobody.
        </EmptyState>
      }
    />
  )
}

type FormProps = {
  peers: readonly { readonly signIn: string; readonly name: string }[]
  reason: string | null
  minted: string
  refusal: ReturnType<typeof useRefusal>
}

export function StandInForm({ peers, reason, minted, refusal }: FormProps) {
  const fields = refusal?.fields ?? {}
  const against = reason ?? (peers.length === 0 ? 'Nobody else has this role.' : null)
  const disabled = against !== null
  return (
    <Asked intent="name-stand-in" minted={minted}>
      <Select
        label="Who stands in"
        name="standIn"
        required
        defaultValue=""
        disabled={disabled}
        options={[
          { value: '', label: 'Choose' },
          ...peers.map(({ signIn, name }) => ({ value: signIn, label: `${name} (${signIn})` })),
        ]}
        hint="Somebody of the same role."
        error={fields.standIn}
      />
      <Input
        label="For entities"
        name="entities"
        required
        defaultValue="*"
        disabled={disabled}
        autoComplete="off"
        hint="Codes by comma; * is all of this person's own."
        error={fields.entities}
      />
      <Input
        label="Last day"
        name="lastDay"
        type="date"
        required
        disabled={disabled}
        hint="92 days at most."
        error={fields.lastDay}
      />
      <Input
        label="Why"
        name="reason"
        required
        maxLength={1_000}
        disabled={disabled}
        autoComplete="off"
        hint="Kept in the audit log."
        error={fields.reason}
      />
      <Submit reason={against} intent="name-stand-in">
        Name this stand-in
      </Submit>
    </Asked>
  )
}
