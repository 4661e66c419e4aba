import type { Queryable } from '#db/client.ts'
import { findInstallation, listWorkers, type InstallationRow, type WorkerRow } from '#db/queries/health.ts'
import { listPeople, type PersonRow } from '#db/queries/people.ts'
import { listEntities } from '#db/queries/period-screens.ts'
import { listStandIns, type StandIn } from '#db/queries/stand-ins.ts'
import { listSystemJobs } from '#db/queries/system-screens.ts'
import { Refusal } from '#server/domain/errors.ts'
import { settingsInForce, type SettingInForce } from '#server/platform/env.ts'
import { VERSION } from '#server/platform/version.ts'

export type { PersonRow, StandIn }

/** Everybody; how many of them may manage people decides what may be done to the last of them. */
export async function readPeople(db: Queryable): Promise<{ people: readonly PersonRow[]; adminsLeft: number }> {
  const people = await listPeople(db)
  return { people, adminsLeft: people.filter(({ role, disabledAt }) => role === 'admin' && disabledAt === null).length }
}

export type PersonView = {
  readonly person: PersonRow
  readonly isLastAdmin: boolean
  readonly entities: readonly string[]
  /** For this person, and those this person stands in for; the newest first. */
  readonly standIns: readonly StandIn[]
  /** Who could stand in: the same role. */
  readonly peers: readonly Pick<PersonRow, 'signIn' | 'name'>[]
}

/** One person, and the entities one can choose from. Throws Refusal (person_not_found). */
export async function readPerson(db: Queryable, signIn: string, scope: readonly string[]): Promise<PersonView> {
  const [{ people, adminsLeft }, entities, standIns] = await Promise.all([
    readPeople(db),
    listEntities(db, scope),
    listStandIns(db, signIn),
  ])
  const person = people.find((one) => one.signIn === signIn)
  if (!person) throw new Refusal('person_not_found', signIn)
  const isLastAdmin = adminsLeft === 1 && person.role === 'admin' && person.disabledAt === null
  const peers = people.filter((one) => one.role === person.role && one.signIn !== signIn && one.disabledAt === null)
  return { person, isLastAdmin, entities: entities.map(({ entity }) => entity), standIns, peers }
}

export type InstallationView = InstallationRow & {
  readonly version: string
  readonly node: string
  readonly workers: readonly (WorkerRow & { readonly isSilent: boolean })[]
  readonly settings: readonly SettingInForce[]
  /** The environment variables jobs name for their credentials. */
  readonly credentials: readonly (SettingInForce & { readonly jobs: readonly string[] })[]
  readonly computedAt: string
}

const SILENT_MS = 20_000

/** What this installation is made of and goes by. Names of settings, never their values. */
export async function readInstallation(
  db: Queryable,
  credential: (name: string) => string | undefined,
  now: Date,
): Promise<InstallationView> {
  const [row, workers, jobs] = await Promise.all([findInstallation(db), listWorkers(db), listSystemJobs(db)])
  const named = new Map<string, string[]>()
  for (const { job, source } of jobs) {
    if (typeof source.tokenFrom === 'string') named.set(source.tokenFrom, [...(named.get(source.tokenFrom) ?? []), job])
  }
  return {
    ...row,
    version: VERSION,
    node: process.versions.node,
    workers: workers.map((worker) => ({ ...worker, isSilent: now.getTime() - Date.parse(worker.seenAt) > SILENT_MS })),
    settings: settingsInForce(),
    credentials: [...named].sort().map(([name, users]) => ({ name, isSet: Boolean(credential(name)?.trim()), jobs: users })),
    computedAt: now.toISOString(),
  }
}
