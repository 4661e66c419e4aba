import { paths, type Scope } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { REFUSED_RULES } from '#server/domain/rules/refused.ts'
import { Mend } from './mend.tsx'

type Props = {
  exception: {
    readonly exceptionId: number
    readonly failureClass: string
    readonly code: string
    readonly job: string
    readonly subject: Readonly<Record<string, string>>
  }
  lastRun: {
    readonly runId: number
    readonly canReplay: boolean
    readonly canRestart: boolean
    readonly system: string
  } | null
  role: string
  scope: Scope
}

/** What mends it: for a delivery itself, for a code nobody knows its mapping, for drift the member, for records a replay of them, for the rest the last run. */
export function WayOn({ exception: { exceptionId, failureClass, code, job, subject }, lastRun, role, scope }: Props) {
  if (subject.delivery)
    return (
      <ButtonLink kind="primary" href={paths.delivery(subject.delivery, scope)}>
        Open delivery {subject.delivery}
      </ButtonLink>
    )
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
  const replay = (kind: 'primary' | 'secondary') => (
    <ButtonLink kind={kind} href={paths.replayNew({ ...scope, exceptions: `${exceptionId}` })}>
      Replay what waits
    </ButtonLink>
  )
  if (code === 'code_unmapped' && value && lastRun)
    return (
      <>
        {replay('secondary')}
        <ButtonLink kind="primary" href={paths.mapping(lastRun.system, { ...scope, do: 'propose', dimension, code: value })}>
          Map {value}
        </ButtonLink>
      </>
    )
  // Records wait: they are replayed wherever they are. For the rest the way leads through the last run.
  if (waitsWithRecords({ failureClass, code, subject })) return replay('primary')
  return <Mend lastRun={lastRun} job={job} role={role} kind="primary" />
}

type OfRecords = Pick<Props['exception'], 'failureClass' | 'code' | 'subject'>

/** Of the business ones, what another system refused and what members differ in have no records that wait. */
export const waitsWithRecords = ({ failureClass, code, subject }: OfRecords): boolean =>
  failureClass === 'business' && code !== 'member_drift' && !subject.delivery && !Object.hasOwn(REFUSED_RULES, code)
