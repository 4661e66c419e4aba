import { rm } from 'node:fs/promises'
import { openEmbedded, StartError } from '#db/embedded.ts'
import { firstAnswer } from '#db/own.ts'
import { dropEverything, readDemoContents, type DemoContents } from '#db/queries/demo-reset.ts'
import { PEOPLE, readDemoJobs } from '#db/seed/seed.ts'
import { loadEnv, type Env } from '#server/platform/env.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { openRuntime } from './database.ts'
import { inboxOf, keptOf, outboxOf } from './demo-systems.ts'
import { makeLifecycle } from './lifecycle.ts'
import { demonstration } from './services.ts'
import { makeSteps } from './steps.ts'

// `npm run demo:reset`: the demonstration as it was on its first day. It says what it will do, and leaves other people's work alone.
try {
  await reset(loadEnv())
} catch (error) {
  process.exitCode = 1
  const known = error instanceof Error && ['EnvError', 'StartError'].includes(error.name)
  process.stderr.write(`${known ? `✘ ${(error as Error).message}` : error instanceof Error ? error.stack : String(error)}\n`)
}

async function reset(env: Env): Promise<void> {
  if (env.DEMO === 'no')
    throw new StartError('DEMO=no says that this is a real installation: there is no demonstration to reset.')
  const steps = makeSteps()
  const logger = makeLogger({ level: env.LOG_LEVEL })
  const lifecycle = makeLifecycle((what, error) => logger.error({ err: error }, `${what} could not be closed`))
  try {
    const ownerUrl =
      env.DATABASE_URL ??
      (
        await lifecycle.open(
          'database',
          () => openEmbedded({ dataDir: env.DATA_DIR }),
          (it) => it.release(),
        )
      ).url
    if (env.DATABASE_URL) await firstAnswer(env.DATABASE_URL, lifecycle.signal)
    const found = await readDemoContents(ownerUrl, {
      people: PEOPLE.map(({ signIn }) => signIn),
      jobs: (await readDemoJobs()).map(({ job }) => job),
    })
    refuseWork(found)
    const where = env.DATABASE_URL ? `the database ${found.database} of DATABASE_URL` : `the embedded database in ${env.DATA_DIR}`
    const what = `${found.runs} runs and ${found.lines.toLocaleString('en')} lines, with everything that was done to them`
    steps.line(
      found.isThere
        ? `This deletes ${what}, in ${where}, and makes the demonstration anew.`
        : `This makes the demonstration in ${where}.`,
    )
    await dropEverything(ownerUrl)
    for (const made of [inboxOf(env), outboxOf(env), keptOf(env)]) await rm(made, { recursive: true, force: true })
    const runtime = await openRuntime({ env, logger, lifecycle, steps })
    await steps.step(
      'Preparing the demonstration',
      () => demonstration(runtime, steps.note),
      (made) => made.title,
    )
    steps.line('  Start    npm start')
  } finally {
    await lifecycle.closeAll()
  }
}

function refuseWork({ database, others, workers, runs, isThere }: DemoContents): void {
  if (others.length > 0) {
    const named = `${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}`
    throw new StartError(`The database ${database} holds work that is not the demonstration's: ${named}. Nothing was changed.`)
  }
  if (!isThere && runs > 0) throw new StartError(`The database ${database} does not hold the demonstration. Nothing was changed.`)
  if (workers > 0) throw new StartError('The control tower is running on this database: stop it first (Ctrl-C), then reset.')
}
