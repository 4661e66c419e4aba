import { Fragment } from 'react'
import { paths, type Scope } from '#app/paths.ts'
import type { ShownJob } from '#app/.server/reads.ts'
import { Fresh, NextDue } from '#app/routes/_console/job-clock.tsx'
import { targetWords } from '#app/routes/_console/job-words.ts'
import { MISSED_WORDS, ruleWords, zoneWords } from '#app/routes/_console/schedule-words.ts'
import { byteWords, counted } from '#app/routes/_console/words.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import { correctableOf } from '#server/domain/correction.ts'
import { fieldWords } from '#server/domain/rules/catalogue.ts'

/** What a job is, in words. */
export function factsOf(standing: ShownJob, { scope, now }: { scope: Scope; now: string }) {
  const { job, definition, version, changedAt, changedBy, openExceptions, mappingVersion, neededBy, nextDue } = standing
  const { system, rules, retry, limits, tolerance, extract, mapping } = definition
  const correctable = correctableOf(definition)
  const judged = [
    rules.required.length > 0 && `filled: ${rules.required.join(', ').replaceAll('_', ' ')}`,
    rules.members.length > 0 && `known and valid: ${rules.members.join(', ').replaceAll('_', ' ')}`,
    rules.balanced && 'every document balances',
    rules.approval && `approved in ${rules.approval.column}`,
  ].filter(Boolean)
  return [
    { key: 'Job', value: <span className="mono">{job}</span> },
    {
      key: 'Version',
      value: (
        <>
          {version}, made by {changedBy} at <Time at={changedAt} showZone />
        </>
      ),
    },
    {
      key: 'From',
      value: (
        <>
          <span className="mono">{system.code}</span> {system.name}
        </>
      ),
    },
    { key: 'To', value: targetWords(definition) },
    { key: 'Delivered to', value: <Targets job={standing} scope={scope} /> },
    { key: 'Runs', value: <Runs job={standing} /> },
    {
      key: 'Next due',
      value: nextDue ? (
        <>
          {nextDue.wall} {nextDue.timeZone}, <Time at={nextDue.at} showZone />
        </>
      ) : (
        <NextDue job={standing} now={now} />
      ),
    },
    { key: 'Waits for', value: <JobLinks names={definition.after} scope={scope} none="no other job" /> },
    { key: 'Others wait for it', value: <JobLinks names={neededBy} scope={scope} none="none" /> },
    {
      key: 'Data expected',
      value: definition.expected
        ? `${ruleWords(definition.expected)}, ${zoneWords(definition.expected)}; at least ${counted(definition.expected.records, 'record')}`
        : 'at no certain time',
    },
    {
      key: 'Freshness target',
      value: definition.freshHours === undefined ? 'none' : <FreshnessFact job={standing} scope={scope} now={now} />,
    },
    { key: 'Owner', value: definition.owner },
    { key: 'Process at risk', value: definition.process || null },
    {
      key: 'A load holds',
      value:
        extract === 'full'
          ? 'all lines of its slices; what is missing is withdrawn'
          : 'what is new or changed; what is not mentioned stays',
    },
    {
      key: 'A line is known by',
      value: mapping.key ? <span className="mono">{mapping.key.join(' + ')}</span> : 'the keys its format brings along',
    },
    { key: 'Records must be', value: judged.length > 0 ? judged.join('; ') : null },
    {
      key: 'People may correct',
      value:
        correctable.length > 0
          ? `${correctable.map((field) => fieldWords(field).toLowerCase()).join(', ')}, record by record`
          : 'nothing of a record',
    },
    { key: 'Tolerance', value: `${tolerance.absolute}, for stated sums only, in units of the currency` },
    {
      key: 'Mapping',
      value:
        mappingVersion === null
          ? 'codes of the job itself'
          : `version ${mappingVersion} of its system, and codes of the job itself`,
    },
    { key: 'Tries', value: `${counted(retry.attempts, 'attempt')} where the failure passes by itself` },
    { key: 'Largest file', value: byteWords(limits.maxBytes) },
    {
      key: 'Open exceptions',
      value:
        openExceptions === 0 ? (
          'none'
        ) : (
          <Link href={paths.exceptions({ job })} className="link">
            {openExceptions}
          </Link>
        ),
    },
  ]
}

function Targets({ job: { job, definition }, scope }: { job: ShownJob; scope: Scope }) {
  const { targets = [] } = definition
  if (targets.length === 0) return 'no other system'
  return (
    <>
      {targets.map(({ system }, i) => (
        <Fragment key={system.code}>
          {i > 0 && ', '}
          <Link href={paths.system(system.code, scope)} className="link">
            {system.name}
          </Link>
        </Fragment>
      ))}
      {': '}
      <Link href={paths.deliveries({ ...scope, job })} className="link">
        its deliveries
      </Link>
    </>
  )
}

function Runs({ job: { definition } }: { job: ShownJob }) {
  const { schedule, source } = definition
  if (!schedule)
    return source.type === 'folder'
      ? 'when a file appears'
      : source.type === 'file'
        ? 'when a file is loaded'
        : 'when somebody asks'
  return `${ruleWords(schedule)}, ${zoneWords(schedule)}; a time missed while everything was down ${MISSED_WORDS[schedule.missed]}`
}

function FreshnessFact({ job, scope, now }: { job: ShownJob; scope: Scope; now: string }) {
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-3">
      not older than {job.definition.freshHours} h
      <Fresh job={job} scope={scope} now={now} />
    </span>
  )
}

function JobLinks({ names, scope, none }: { names: readonly string[]; scope: Scope; none: string }) {
  if (names.length === 0) return none
  return names.map((name, i) => (
    <Fragment key={name}>
      {i > 0 && ', '}
      <Link href={paths.job(name, scope)} className="link mono">
        {name}
      </Link>
    </Fragment>
  ))
}
