import { paths, type Scope } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'

type Props = {
  exception: { readonly code: string; readonly job: string; readonly subject: Readonly<Record<string, string>> }
  lastRun: {
    readonly runId: number
    readonly canReplay: boolean
    readonly canRestart: boolean
    readonly system: string
  } | null
  role: string
  scope: Scope
}

/** What mends it: for a code nobody knows its mapping, for drift the member, for the rest the last run. */
export function WayOn({ exception: { code, job, subject }, lastRun, role, scope }: Props) {
  const { field: dimension = '', value = '', entity = '' } = subject
  if (code === 'member_drift')
    return (
      <ButtonLink
        kind="primary"
        href={paths.dimension(dimension, { ...scope, show: 'drift', ...(value && { member: `${entity}|${value}` }) })}
      >
        {value ? 'See what each system says' : 'See the members that differ'}
      </ButtonLink>
    )
  // No run came, so what there is to do is to run it.
  if (!lastRun) return <ButtonLink href={paths.job(job, scope)}>Open the job</ButtonLink>
  if (code === 'code_unmapped' && value)
    return (
      <>
        <Mend lastRun={lastRun} role={role} />
        <ButtonLink kind="primary" href={paths.mapping(lastRun.system, { ...scope, do: 'propose', dimension, code: value })}>
          Map {value}
        </ButtonLink>
      </>
    )
  return <Mend lastRun={lastRun} role={role} kind="primary" />
}

/** The way to mend it leads through the last run: there the cause is mended, rehearsed and replayed. */
function Mend({
  lastRun: { runId, canReplay, canRestart },
  role,
  kind = 'secondary',
}: Pick<Props, 'role'> & { lastRun: NonNullable<Props['lastRun']>; kind?: 'primary' | 'secondary' }) {
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
