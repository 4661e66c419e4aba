import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { findPerson } from '#db/queries/people.ts'
import { isEmpty } from '#db/queries/health.ts'
import { registerWorker } from '#db/queries/workers.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import { addPerson } from '#server/services/add-person.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { northgateFiles } from './northgate.ts'

const SEED: Actor = { name: 'service:seed', role: 'admin', entityScope: ['*'] }
const PASSWORD = 'demo'
const PEOPLE: readonly { signIn: string; name: string; role: Role }[] = [
  { signIn: 'fiona', name: 'Fiona Ops', role: 'finance_operations' },
  { signIn: 'cara', name: 'Cara Controller', role: 'controller' },
  { signIn: 'ivan', name: 'Ivan IT', role: 'it' },
  { signIn: 'ada', name: 'Ada Auditor', role: 'auditor' },
  { signIn: 'adam', name: 'Adam Admin', role: 'admin' },
]
const SIGN_INS = [
  `${PEOPLE.map(({ signIn, role }) => `${signIn} (${role.replace('_', ' ')})`).join(' · ')}   password: ${PASSWORD}`,
]

/**
 * The demonstration company, put into an empty database by the services everybody uses: its history is real history.
 * Null where somebody already works. Started again after it was cut short, it goes on where it was.
 */
export async function seedDemo(
  context: Context,
  report: (message: string) => void = () => undefined,
): Promise<{ title: string } | null> {
  if (!(await isEmpty(context.db))) return null
  await importDefinitions(context, { yaml: await readFile(new URL('./jobs.yaml', import.meta.url), 'utf8'), actor: SEED })
  const worker: Context = { ...context, workerId: randomUUID() }
  const registration = await registerWorker(context.db, { workerId: worker.workerId!, description: 'demonstration' })
  try {
    for (const file of northgateFiles()) {
      report(`Loading ${file.name}`)
      const { runId } = await loadFile(context, {
        job: file.job,
        name: file.name,
        bytes: bytesOf(file.text),
        actor: SEED,
        idempotencyKey: `demo:${file.name}`,
      })
      await executeRun(worker, runId)
    }
  } finally {
    await registration.release()
  }
  // Last, because their being there is what says that the demonstration is complete.
  for (const person of PEOPLE) await addPerson(context, { ...person, entityScope: ['*'], password: PASSWORD, actor: SEED })
  return { title: 'Demonstration company Northgate Foods' }
}

/** How to sign in, where the demonstration is there: every start says it. */
export async function listDemoSignIns(db: Context['db']): Promise<readonly string[]> {
  const found = await Promise.all(PEOPLE.map((person) => findPerson(db, person.signIn)))
  return found.every((person) => person !== null) ? SIGN_INS : []
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
