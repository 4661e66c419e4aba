import type { Dimension, JobDefinition } from '../job.ts'
import type { Line, Member, Report } from '../line.ts'
import type { Reference } from '../reference.ts'
import type { RecordRule } from './rule.ts'

/** code_unmapped, member_inactive, member_not_yet_valid, member_no_longer_valid: for every dimension the job governs. An empty code is not judged here. */
export function memberRule(job: JobDefinition, reference: Reference): RecordRule | null {
  const governed = job.rules.members.map((dimension) => [dimension, PROPERTY[dimension]] as const)
  if (governed.length === 0) return null
  return (line, _row, on, report) => {
    for (const [dimension, property] of governed) {
      const code = line[property]
      if (code === '') continue
      const members = reference.find(dimension, code, line.entity)
      if (!isUsable(members, on)) explain(members, dimension, code, line.entity, on, report)
    }
  }
}

const PROPERTY = {
  entity: 'entity',
  account: 'account',
  cost_centre: 'costCentre',
  project: 'project',
  counterparty: 'counterparty',
} as const satisfies Record<Dimension, keyof Line>

function isUsable(members: readonly Member[], on: string): boolean {
  for (const member of members) if (member.isActive && !isEarly(member, on) && !isLate(member, on)) return true
  return false
}

function explain(
  members: readonly Member[],
  dimension: Dimension,
  code: string,
  entity: string,
  on: string,
  report: Report,
): void {
  // Of several validities the one that holds the date says why.
  const member = members.find((one) => !isEarly(one, on) && !isLate(one, on)) ?? members[0]
  if (!member) report('code_unmapped', dimension, code, entity && dimension !== 'entity' ? `not among those of ${entity}` : '')
  else if (!member.isActive)
    report('member_inactive', dimension, code, `${member.name} is inactive${member.entity ? ` in ${member.entity}` : ''}`)
  else if (isEarly(member, on))
    report('member_not_yet_valid', dimension, code, `valid from ${member.validFrom}, the line is of ${on}`)
  else report('member_no_longer_valid', dimension, code, `valid to ${member.validTo}, the line is of ${on}`)
}

const isEarly = ({ validFrom }: Member, on: string) => validFrom !== '' && on !== '' && on < validFrom
const isLate = ({ validTo }: Member, on: string) => validTo !== '' && on !== '' && on > validTo
