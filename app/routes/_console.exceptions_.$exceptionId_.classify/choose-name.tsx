import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { classifiableOptions } from '#app/routes/_console/classify-words.ts'
import { Button } from '#app/ui/button.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Props = {
  readonly screen: {
    readonly exceptionId: number
    readonly proposals: { readonly codes: readonly string[]; readonly phrases: readonly string[] }
    readonly asked: {
      readonly code: string | null
      readonly keep: string | null
      readonly byCode: string | null
      readonly byPhrase: string | null
    }
  }
}

/** What it is, and whether that holds for all of its kind. Looked at before it is said. */
export function ChooseName({ screen: { exceptionId, proposals, asked } }: Props) {
  const { codes, phrases } = proposals
  return (
    <Section title="What it is">
      <Form method="get" action={paths.classify(exceptionId)} className="grid max-w-3xl gap-3">
        <Select label="It is" name="code" required defaultValue={asked.code ?? ''} options={classifiableOptions()} />
        <Select
          label="From now on"
          name="keep"
          defaultValue={asked.keep ?? ''}
          hint="A rule is asked only where there is no name of our own."
          options={[
            { value: '', label: 'Only this exception' },
            { value: 'code', label: 'All of this system that say the code', disabled: codes.length === 0 },
            { value: 'phrase', label: 'All of this system that say the sentence' },
          ]}
        />
        {codes.length > 0 && (
          <Select
            label="The code"
            name="byCode"
            defaultValue={asked.byCode ?? codes[0]}
            options={codes.map((value) => ({ value, label: value }))}
          />
        )}
        <Input
          label="The whole sentence"
          name="byPhrase"
          maxLength={500}
          defaultValue={asked.byPhrase ?? phrases[0] ?? ''}
          hint="* stands for what differs from time to time, such as a number or a name. Nothing less than the whole sentence matches."
        />
        <div>
          <Button type="submit">Look what that means</Button>
        </div>
      </Form>
    </Section>
  )
}
