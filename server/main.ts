import { loadEnv } from './platform/env.ts'

// Only what an old Node can still read is imported above; the rest comes once the Node and the settings are known to be right.
await start()

async function start() {
  try {
    const env = loadEnv()
    const { ROLES, runRole } = await import('./roles/run.ts')
    const named = argument('--role') ?? 'start'
    const role = ROLES.find((known) => known === named)
    if (!role) throw usageError(`There is no role "${named}": use --role with one of ${ROLES.join(', ')}.`)
    await runRole(env, role, process.argv.includes('--supervised'))
  } catch (error) {
    process.exitCode = 1
    complain(error as Error)
    // A half-open connection or timer must not keep a failed start alive.
    process.exit()
  }
}

function argument(name: string) {
  const at = process.argv.indexOf(name)
  return at === -1 ? undefined : process.argv[at + 1]
}

function usageError(message: string) {
  return Object.assign(new Error(message), { name: 'UsageError' })
}

/** What a person can mend is one sentence; anything else is our defect, and then the trace is what helps. */
function complain(error: Error) {
  const known = ['EnvError', 'StartError', 'UsageError'].includes(error.name)
  if (known) for (const line of error.message.split('\n')) console.error(`✘ ${line}`)
  else console.error(error)
}
