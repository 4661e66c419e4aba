import { Form, useNavigation } from '@remix-run/react'
import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Intent, ReasonField, Refused, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import type { Screen } from './screen.ts'
import { ScheduleDialog } from './schedule-dialog.tsx'

/** The dialog that the address names, over the job it is about. */
export function JobDialog({ screen, refusal }: DialogPart<Screen>) {
  const { title } = screen.job.definition
  switch (screen.search.do) {
    case 'pause':
      return (
        <PlainDialog {...{ screen, refusal }} intent="pause" title={`Pause ${title}?`} submit="Pause the job">
          What becomes due from now on starts nothing and is not made up for later. A run that is under way goes on, the job can
          still be run by hand, and feeds that are expected of it stay expected.
        </PlainDialog>
      )
    case 'resume':
      return (
        <PlainDialog {...{ screen, refusal }} intent="resume" title={`Resume ${title}?`} submit="Resume the job">
          It goes on with its next due time. What was due during the pause is not made up for; run it by hand if its data is
          wanted now.
        </PlainDialog>
      )
    case 'schedule':
      return <ScheduleDialog screen={screen} refusal={refusal} />
    default:
      return null
  }
}

type PlainProps = DialogPart<Screen> & { intent: 'pause' | 'resume'; title: string; submit: string; children: ReactNode }

function PlainDialog({ screen, refusal, intent, title, submit, children }: PlainProps) {
  const closeHref = paths.job(screen.job.job, screen.scope)
  const reasonAgainst = screen.reasons[intent]
  const isSending = useNavigation().formMethod === 'POST'
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={title}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reasonAgainst} reasonAlign="end">
              {submit}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>{children}</p>
        {reasonAgainst && <Notice kind="info" title={reasonAgainst} />}
        <Intent screen={screen} intent={intent} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
