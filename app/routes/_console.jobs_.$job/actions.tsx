import { Form, useNavigation } from '@remix-run/react'
import { CalendarClock, CirclePause, CirclePlay, Play, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { paths, type JobSearch } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import type { Screen } from './screen.ts'

/** What can be done with a job; what cannot says why. */
export function Actions({ screen }: { screen: Screen }) {
  const { job, reasons } = screen
  return (
    <>
      <DownloadLink href={paths.jobYaml(job.job)}>Export YAML</DownloadLink>
      <Opens screen={screen} action="schedule" icon={CalendarClock} reason={reasons.schedule}>
        Change schedule
      </Opens>
      {job.pausedAt === null ? (
        <Opens screen={screen} action="pause" icon={CirclePause} reason={reasons.pause}>
          Pause
        </Opens>
      ) : (
        <Opens screen={screen} action="resume" icon={CirclePlay} reason={reasons.resume}>
          Resume
        </Opens>
      )}
      <Starter screen={screen} />
    </>
  )
}

type OpensProps = {
  screen: Screen
  action: NonNullable<JobSearch['do']>
  icon: LucideIcon
  reason: string | null
  children: ReactNode
}

function Opens({ screen: { job, scope }, action, icon, reason, children }: OpensProps) {
  if (reason) {
    return (
      <Button icon={icon} disabledReason={reason} reasonAlign="end">
        {children}
      </Button>
    )
  }
  return (
    <ButtonLink href={paths.job(job.job, { ...scope, do: action })} icon={icon} keepScroll>
      {children}
    </ButtonLink>
  )
}

/** A job that reads files takes one; the others are asked to go. */
function Starter({ screen }: { screen: Screen }) {
  const { job, reasons, scope, key } = screen
  const { definition } = job
  const isSending = useNavigation().formMethod === 'POST'
  if (definition.source.type === 'file') {
    if (reasons.load)
      return (
        <Button kind="primary" disabledReason={reasons.load} reasonAlign="end">
          Load a file through this job
        </Button>
      )
    return (
      <ButtonLink href={paths.upload({ ...scope, job: job.job })} kind="primary">
        Load a file through this job
      </ButtonLink>
    )
  }
  return (
    <Form method="post">
      <input type="hidden" name="intent" value="run" />
      <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
      <Button type="submit" kind="primary" icon={Play} pending={isSending} disabledReason={reasons.run} reasonAlign="end">
        {definition.source.type === 'folder' ? 'Load every new file now' : 'Ask the source now'}
      </Button>
    </Form>
  )
}
