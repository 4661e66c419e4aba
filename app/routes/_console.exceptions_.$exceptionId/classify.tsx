import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { classifiableOptions } from '#app/routes/_console/classify-words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Select } from '#app/ui/field.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Props = {
  readonly exception: {
    readonly exceptionId: number
    readonly failureClass: string
    readonly closedAt: string | null
    readonly classifiedBy: string | null
    readonly ruleId: number | null
  }
  readonly role: string
}

/** Where nobody knows what it is, IT says it; where somebody said it, who, and the way back. */
export function Classify({ exception: { exceptionId, failureClass, closedAt, classifiedBy, ruleId }, role }: Props) {
  const isIt = role === 'it' || role === 'admin'
  if (failureClass !== 'unclassified')
    return classifiedBy === null && ruleId === null ? null : (
      <Section title="How it got its name">
        <p>
          {classifiedBy === null ? 'A classification rule named it' : `${classifiedBy} classified it`}
          {ruleId !== null && (
            <>
              {classifiedBy === null ? ': ' : ', and kept '}
              <Link href={paths.settings({ view: 'classification' })} className="link">
                rule {ruleId}
              </Link>
            </>
          )}
          .
        </p>
        {isIt && closedAt === null && classifiedBy !== null && ruleId === null && (
          <p>
            <ButtonLink size="small" href={paths.classify(exceptionId)}>
              Take the name back
            </ButtonLink>
          </p>
        )}
      </Section>
    )
  if (closedAt !== null) return null
  return (
    <Section title="Classify it" note="Nobody knows yet what it is, and nothing is guessed">
      {isIt ? (
        <Form method="get" action={paths.classify(exceptionId)} className="flex flex-wrap items-end gap-3">
          <Select label="What it is" name="code" required defaultValue="" options={classifiableOptions()} />
          <Button type="submit">Look what that means</Button>
        </Form>
      ) : (
        <p className="text-ink-2">IT says what it is; then it is in the queue of those who act on it.</p>
      )}
    </Section>
  )
}
