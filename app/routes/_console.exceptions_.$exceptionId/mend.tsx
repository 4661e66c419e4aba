import { paths } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'

type LastRun = { readonly runId: number; readonly canReplay: boolean; readonly canRestart: boolean }

type Props = {
  readonly lastRun: LastRun | null
  readonly job: string
  readonly role: string
  readonly kind?: 'primary' | 'secondary'
}

/** The way to mend it leads through the last run: there the cause is mended, rehearsed and replayed. */
export function Mend({ lastRun, job, role, kind = 'secondary' }: Props) {
  // No run came, so what there is to do is to run it.
  if (!lastRun) return <ButtonLink href={paths.job(job)}>Open the job</ButtonLink>
  const { runId, canReplay, canRestart } = lastRun
  const mayAct = role !== 'auditor' && role !== 'controller'
  if (!mayAct) return <ButtonLink href={paths.run(runId)}>Open run {runId}</ButtonLink>
  if (canRestart && (role === 'it' || role === 'admin'))
    return (
      <ButtonLink kind={kind} href={paths.run(runId, { do: 'restart' })}>
        Restart run {runId}
      </ButtonLink>
    )
  return canReplay ? (
    <ButtonLink kind={kind} href={paths.run(runId, { do: 'replay' })}>
      Replay run {runId}
    </ButtonLink>
  ) : (
    <ButtonLink href={paths.run(runId)}>Open run {runId}</ButtonLink>
  )
}
