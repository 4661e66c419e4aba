import { Form } from '@remix-run/react'
import type { CorrectionDraft } from '#app/.server/reads.ts'
import { paths, type Scope } from '#app/paths.ts'
import { fieldCapital } from '#app/routes/_console/correction-words.ts'
import { Button } from '#app/ui/button.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Screen = Pick<CorrectionDraft, 'record' | 'fields' | 'refused'> & {
  readonly chosen: { readonly field: string | null; readonly value: string | null }
  readonly scope: Scope
}

/** Which field, and what it is to be read as. Looked at before it is said. */
export function AskForText({ screen: { record, fields, refused, chosen, scope } }: { screen: Screen }) {
  const keep = { ...scope, asOf: scope.asOf?.toString() }
  return (
    <Section title="What it is to be read as">
      <Form
        method="get"
        action={paths.correctionNew({ record: record.rejectedId })}
        className="grid max-w-3xl gap-3"
        preventScrollReset
      >
        <input type="hidden" name="record" value={record.rejectedId} />
        {Object.entries(keep).map(([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />)}
        <Select
          label="Field"
          name="field"
          required
          defaultValue={chosen.field ?? fields.find(({ inForce }) => !inForce)?.field ?? ''}
          options={fields.map(({ field, found, inForce }) => ({
            value: field,
            label: `${fieldCapital(field)}: ${found === '' ? 'empty' : found}${inForce ? ' (corrected already)' : ''}`,
            disabled: inForce !== null,
          }))}
        />
        <Input
          label="To be read as"
          name="value"
          required
          maxLength={500}
          autoComplete="off"
          defaultValue={chosen.value ?? ''}
          error={refused === null ? undefined : `It cannot be read like this: ${refused}.`}
          hint="As this source would write it: its own codes, dates and amounts. The reader of the file reads it, and the mapping translates it."
        />
        <div>
          <Button type="submit">See what that does</Button>
        </div>
      </Form>
    </Section>
  )
}
