import { parseAllDocuments, stringify } from 'yaml'
import type { z } from 'zod'
import { findConnector } from '#server/connectors/connectors.ts'
import { findTarget } from '#server/connectors/targets.ts'
import { findJob, findSystem } from '#db/queries/runs.ts'
import { saveCalendar, saveJob, saveSystem } from '#db/queries/definitions.ts'
import { insertRouting, listAssignable, readRouting } from '#db/queries/triage.ts'
import type { Actor } from '#server/domain/actor.ts'
import { correctableProblems } from '#server/domain/correction.ts'
import { CalendarDefinition, periodsOf } from '#server/domain/calendar.ts'
import { writeBackProblem } from '#server/domain/delivery.ts'
import { Refusal } from '#server/domain/errors.ts'
import { JobDefinition } from '#server/domain/job.ts'
import { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import { Routing } from '#server/domain/routing.ts'
import { isLineType } from '#server/domain/record.ts'
import { keyColumnsOf } from '#server/domain/mapping/key-columns.ts'
import { findFormat } from '#server/formats/formats.ts'
import { workingDaysOf } from '#server/domain/working-days.ts'
import { requestHash } from '#server/platform/hash.ts'
import { clockProblems } from './clock-problems.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { importReconciliation, type ImportedReconciliation } from './reconcile/import-reconciliation.ts'

export type Imported =
  | ImportedReconciliation
  | {
      readonly kind: 'job' | 'calendar' | 'routing'
      readonly name: string
      readonly version: number | null
      readonly change: 'new' | 'changed' | 'unchanged'
    }

/**
 * Jobs, calendars, reconciliations and the routing of exceptions from YAML, any number of documents in one file. All are checked before the first is saved; what is wrong is
 * said all at once, with its path. An import that changes nothing makes no new version. Throws Refusal (job_invalid, calendar_invalid).
 */
export async function importDefinitions(context: Context, { yaml, actor }: { yaml: string; actor: Actor }): Promise<Imported[]> {
  const definitions = readDefinitions(yaml)
  const timed = definitions.filter((definition) => definition.kind === 'job' || definition.kind === 'calendar')
  const problems = await clockProblems(context.db, timed, context.now())
  if (problems.length > 0) throw new Refusal('job_invalid', problems.join('; '))
  const imported: Imported[] = []
  for (const definition of definitions) {
    imported.push(await importOne(context, definition, actor))
  }
  return imported
}

type Definition = JobDefinition | CalendarDefinition | Routing | ReconciliationDefinition

function importOne(context: Context, definition: Definition, actor: Actor): Promise<Imported> {
  switch (definition.kind) {
    case 'calendar':
      return importCalendar(context, definition, actor)
    case 'routing':
      return importRouting(context, definition, actor)
    case 'reconciliation':
      return importReconciliation(context, definition, actor)
    case 'job':
      return importJob(context, definition, actor)
  }
}

/** The YAML of a job as it stands, complete enough to be imported elsewhere. Throws Refusal (job_not_found). */
export async function exportJob({ db }: Pick<Context, 'db'>, name: string): Promise<string> {
  const job = await findJob(db, name)
  if (!job) throw new Refusal('job_not_found', name)
  return stringify(job.definition, { lineWidth: 120 })
}

function readDefinitions(yaml: string): Definition[] {
  const documents = parseAllDocuments(yaml)
  const definitions: Definition[] = []
  const problems: string[] = []
  for (const [i, document] of [...documents].entries()) {
    const [error] = document.errors
    if (error) {
      problems.push(error.message.split('\n')[0]!)
      continue
    }
    const value: unknown = document.toJS({ maxAliasCount: 20 })
    if (value === null) continue
    const where = documents.length > 1 ? `document ${i + 1}: ` : ''
    const parsed = shapeOf(value).safeParse(value)
    if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => `${where}${words(issue)}`))
    else {
      if (parsed.data.kind === 'job') problems.push(...problemsOf(parsed.data).map((problem) => `${where}${problem}`))
      definitions.push(parsed.data)
    }
  }
  if (problems.length > 0) throw new Refusal('job_invalid', problems.join('; '))
  if (definitions.length === 0) throw new Refusal('job_invalid', 'the file holds no job, calendar, reconciliation or routing')
  return definitions
}

function shapeOf(value: unknown): z.ZodType<Definition> {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : 'job'
  if (kind === 'calendar') return CalendarDefinition
  if (kind === 'reconciliation') return ReconciliationDefinition
  return kind === 'routing' ? Routing : JobDefinition
}

/** What the shape alone does not tell: settings of the connector and of the format, a key that is missing. */
function problemsOf(job: JobDefinition): string[] {
  const problems: string[] = []
  const { type, ...format } = job.format
  const formatRead = findFormat(type)?.settings.safeParse(format)
  if (formatRead && !formatRead.success) problems.push(...formatRead.error.issues.map((issue) => `format.${words(issue)}`))
  const { type: sourceType, ...source } = job.source
  const sourceRead = findConnector(sourceType)?.settings.safeParse(source)
  if (sourceRead && !sourceRead.success) problems.push(...sourceRead.error.issues.map((issue) => `source.${words(issue)}`))
  if (isLineType(job.objectType) && !keyColumnsOf(job)) problems.push('mapping.key: say which columns identify a line for ever')
  return [...problems, ...targetProblems(job), ...correctableProblems(job)]
}

/** What may be delivered, and where to. Journals are never written back to or from planning: refused before anything is saved. */
function targetProblems({ targets = [], objectType, system }: JobDefinition): string[] {
  const names = targets.map(({ name }) => name)
  return targets.flatMap(({ name, type, system: to, ...settings }, i) => {
    const read = findTarget(type).settings.safeParse(settings)
    const writeBack = writeBackProblem({ sourceKind: system.kind, targetKind: to.kind, objectType })
    return [
      ...(names.indexOf(name) < i ? [`targets.${i}.name: two targets are named ${name}`] : []),
      ...(isLineType(objectType) ? [] : [`targets.${i}: only lines are delivered, and ${objectType} is a list of members`]),
      ...(writeBack ? [`targets.${i}: ${writeBack}`] : []),
      ...(read.success ? [] : read.error.issues.map((issue) => `targets.${i}.${words(issue)}`)),
    ]
  })
}

const words = (issue: z.core.$ZodIssue) => `${issue.path.join('.') || 'the definition'}: ${issue.message}`

async function importJob(context: Context, definition: JobDefinition, actor: Actor): Promise<Imported> {
  return perform<Imported>(context, { name: 'importJob', actor, request: definition }, async (tx) => {
    const before = await findJob(tx, definition.job)
    const hash = requestHash(definition)
    if (before && requestHash(before.definition) === hash) {
      return {
        result: { kind: 'job', name: definition.job, version: before.version, change: 'unchanged' },
        entities: [],
        audit: null,
      }
    }
    const known = await findSystem(tx, definition.system.code)
    const systemId = await saveSystem(tx, definition.system)
    for (const { system } of definition.targets ?? []) if (system.code !== definition.system.code) await saveSystem(tx, system)
    if (before && before.systemId !== systemId) {
      throw new Refusal(
        'job_invalid',
        `system.code: the lines of job ${definition.job} are known as those of another system; give the job another name`,
      )
    }
    const version = (before?.version ?? 0) + 1
    await saveJob(tx, { definition, systemId, version, hash, actor: actor.name, jobId: before?.jobId ?? null, at: context.now() })
    return {
      result: { kind: 'job', name: definition.job, version, change: before ? 'changed' : 'new' },
      entities: [],
      audit: {
        action: 'job.imported',
        objectType: 'job',
        objectId: definition.job,
        before: before ? { version: before.version, definition: before.definition } : null,
        after: { version, definition, systemIsNew: !known },
      },
    }
  })
}

async function importCalendar(context: Context, definition: CalendarDefinition, actor: Actor): Promise<Imported> {
  return perform<Imported>(context, { name: 'importCalendar', actor, request: definition }, async (tx) => {
    const change = await saveCalendar(tx, definition, periodsOf(definition), workingDaysOf(definition))
    const result: Imported = { kind: 'calendar', name: definition.calendar, version: null, change }
    return {
      result,
      entities: [],
      audit:
        change === 'unchanged'
          ? null
          : { action: 'calendar.imported', objectType: 'calendar', objectId: definition.calendar, after: definition },
    }
  })
}

/** The rules that decide who gets an exception: a whole new version. It holds for what is found from now on, and for what nobody has touched. */
async function importRouting(context: Context, definition: Routing, actor: Actor): Promise<Imported> {
  return perform<Imported>(context, { name: 'importRouting', actor, request: definition }, async (tx) => {
    const known = new Set((await listAssignable(tx)).map(({ signIn }) => signIn))
    const strangers = definition.rules.flatMap(({ name, assignee }) =>
      assignee && !known.has(assignee) ? [`${name}: ${assignee}`] : [],
    )
    if (strangers.length > 0) throw new Refusal('person_not_found', strangers.join('; '))
    const before = await readRouting(tx)
    const isSame = before !== null && requestHash(before.rules) === requestHash(definition.rules)
    const version = (before?.version ?? 0) + (isSame ? 0 : 1)
    if (!isSame) await insertRouting(tx, version, definition.rules, actor.name)
    return {
      result: { kind: 'routing', name: 'routing', version, change: isSame ? 'unchanged' : before ? 'changed' : 'new' },
      entities: [],
      audit: isSame
        ? null
        : {
            action: 'routing.imported',
            objectType: 'routing',
            objectId: `${version}`,
            before: before && { version: before.version, rules: before.rules },
            after: { version, rules: definition.rules },
          },
    }
  })
}
