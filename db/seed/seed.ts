import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseAllDocuments } from 'yaml'
import { listWaitingDefinitions } from '#db/queries/definition-proposals.ts'
import { isEmpty } from '#db/queries/health.ts'
import { findPerson } from '#db/queries/people.ts'
import { registerWorker } from '#db/queries/workers.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import { JobDefinition } from '#server/domain/job.ts'
import { addPerson } from '#server/services/add-person.ts'
import type { Context } from '#server/services/context.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { judgeFeeds } from '#server/services/judge-feeds.ts'
import { decideDefinition } from '#server/services/reconcile/decide-definition.ts'
import { recoverRuns } from '#server/services/recover-runs.ts'
import { fillInbox } from './inbox.ts'
import { SEED, Seeder } from './seeder.ts'
import { closePeriods, tellHistory, tellMembers, tellPlants, tellToday } from './story.ts'
import { FAULTS } from './world/faults.ts'
import { worldFiles } from './world/files.ts'
import { forgetPostings } from './world/ledger.ts'

const PASSWORD = 'demo'
export const PEOPLE: readonly { signIn: string; name: string; role: Role }[] = [
  { signIn: 'fiona', name: 'Fiona Ops', role: 'finance_operations' },
  { signIn: 'cara', name: 'Cara Controller', role: 'controller' },
  { signIn: 'carl', name: 'Carl Controller', role: 'controller' },
  { signIn: 'ivan', name: 'Ivan IT', role: 'it' },
  { signIn: 'ada', name: 'Ada Auditor', role: 'auditor' },
  { signIn: 'adam', name: 'Adam Admin', role: 'admin' },
]
const SIGN_INS = [
  `${PEOPLE.map(({ signIn, role }) => `${signIn} (${role.replace('_', ' ')})`).join(' · ')}   password: ${PASSWORD}`,
]
const DEFINITIONS = ['calendars.yaml', 'aldermoor.yaml', 'torvane.yaml', 'jobs.yaml']
/** Nothing was ever delivered for it; it has been known long enough for its weekly feed to be late. */
const LATE_JOB = 'torvane-headcount'
const LATE_DAYS = 10
/** A code that one plant sent before anybody had mapped it. */
const MAPPED_LATER = /^ +AUSSCHUSS: .*\n/m
const BEAT_MS = 5_000

export type SeedOptions = {
  /** The folder for the files of the world. */
  readonly folder: string
  readonly report?: (message: string) => void
}

/**
 * The demonstration world, put into an empty database by the services everybody uses: its history is real history.
 * Null where somebody already works. Started again after it was cut short, it goes on where it was.
 */
export async function seedDemo(
  context: Context,
  { folder, report = () => undefined }: SeedOptions,
): Promise<{ title: string } | null> {
  if (!(await isEmpty(context.db))) return null
  const begun = context.now()
  const worker: Context = { ...context, now: () => begun, workerId: randomUUID() }
  const registration = await registerWorker(context.db, { workerId: worker.workerId!, description: 'demonstration' })
  const heartbeat = setInterval(() => void registration.beat([]).catch(() => undefined), BEAT_MS)
  try {
    await recoverRuns(worker)
    const runs = await tellStory(worker, folder, report)
    // Last, because their being there is what says that the demonstration is complete.
    for (const person of PEOPLE) await addPerson(context, { ...person, entityScope: ['*'], password: PASSWORD, actor: SEED })
    await approveDefinitions(context)
    return { title: `Demonstration: Aldermoor Software and Torvane Industries, simulated (${runs} runs)` }
  } finally {
    clearInterval(heartbeat)
    await registration.release()
  }
}

async function tellStory(context: Context, folder: string, report: (message: string) => void): Promise<number> {
  const [yaml, files] = await Promise.all([readDefinitions(), worldFiles()])
  const jobs = jobsOf(yaml)
  const { settled } = await fillInbox(folder, files)
  const late = documents(yaml).find((document) => document.includes(`job: ${LATE_JOB}\n`))!
  const rest = documents(yaml).filter((document) => document !== late)
  const importAll = (text: string) => importDefinitions(context, { yaml: text, actor: SEED })
  const longAgo = new Date(context.now().getTime() - LATE_DAYS * 86_400_000)
  await importDefinitions({ ...context, now: () => longAgo }, { yaml: late, actor: SEED })
  await importAll(rest.join('\n---\n').replace(MAPPED_LATER, ''))

  const seeder = await Seeder.open(context, { jobs, files, folder, importMapped: () => importAll(rest.join('\n---\n')) })
  try {
    report('Entities, accounts, cost centres, customers and suppliers')
    await tellMembers(seeder)
    await settled
    await tellPlants(seeder, report)
    await tellHistory(seeder, report)
    report('Closing ten of twelve periods for twelve entities')
    await closePeriods(seeder)
    report('Asking the systems in which something is wrong')
    const wrong = new Set(FAULTS.map(({ job }) => job))
    await tellToday(
      seeder,
      [...jobs.values()].filter(({ job, source }) => source.type === 'http' && wrong.has(job)).map(({ job }) => job),
    )
    await judgeFeeds(context)
    // By somebody who certifies none of them. What loosens waits for a second person.
    await importDefinitions(context, { yaml: await readDefinition('reconciliations.yaml'), actor: actorOf('adam') })
    return seeder.runs
  } finally {
    await seeder.close()
    forgetPostings()
  }
}

async function approveDefinitions(context: Context): Promise<void> {
  const reason = 'The limits and the sample were agreed with the controllers.'
  for (const { proposalId } of await listWaitingDefinitions(context.db))
    await decideDefinition(context, { proposalId, isApproved: true, reason, actor: actorOf('cara') })
}

function actorOf(signIn: string): Actor {
  const { role } = PEOPLE.find((person) => person.signIn === signIn)!
  return { name: signIn, role, entityScope: ['*'] }
}

const readDefinition = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')
const readDefinitions = async () => (await Promise.all(DEFINITIONS.map(readDefinition))).join('\n---\n')
const documents = (yaml: string) => yaml.split(/^---$/m)

function jobsOf(yaml: string): Map<string, JobDefinition> {
  const definitions = parseAllDocuments(yaml).map((document) => document.toJS() as { kind?: string })
  const jobs = definitions.filter(({ kind }) => kind !== 'calendar').map((definition) => JobDefinition.parse(definition))
  return new Map(jobs.map((job) => [job.job, job]))
}

/** The jobs the demonstration brings. */
export const readDemoJobs = async (): Promise<JobDefinition[]> => [...jobsOf(await readDefinitions()).values()]

/** How to sign in, where the demonstration is there: every start says it. */
export async function listDemoSignIns(db: Context['db']): Promise<readonly string[]> {
  const found = await Promise.all(PEOPLE.map((person) => findPerson(db, person.signIn)))
  return found.every((person) => person !== null) ? SIGN_INS : []
}
