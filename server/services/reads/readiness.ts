import type { Database } from '#db/client.ts'
import { readVitals, type Vitals } from '#db/queries/health.ts'
import { withDeadline } from '#server/platform/deadline.ts'

type Vital = { readonly ok: boolean; readonly detail?: string }
/** Each part is fine or says why it is not. */
export type Vitality = Readonly<Record<'database' | 'migrations' | 'worker' | 'clock', Vital>>

const CHECK_MS_MAX = 2_000
const SILENT_MS_MAX = 30_000
/** Due times and cut-offs are compared with the database's clock: a second or two is the network, more is a wrong clock. */
const SKEW_MS_MAX = 5_000

type Asked = {
  readonly db: Database
  /** How many migrations this program knows. */
  readonly migrations: number
  readonly now: () => Date
  /** Where the worker is a process of ours, its end is known at once. */
  readonly workerIsUp?: (() => boolean) | null
}

/** Whether this process can do its work: its database, the schema, somebody to carry out runs, a clock to go by. */
export async function readReadiness({ db, migrations, now, workerIsUp }: Asked): Promise<Vitality> {
  const vitals = await withDeadline(CHECK_MS_MAX, new AbortController().signal, (signal) =>
    Promise.race([readVitals(db), aborted(signal)]),
  ).catch(() => null)
  if (!vitals) {
    const unknown = { ok: false, detail: 'not known without the database' }
    return {
      database: { ok: false, detail: 'the database does not answer' },
      migrations: unknown,
      worker: unknown,
      clock: unknown,
    }
  }
  return {
    database: { ok: true },
    migrations: schemaOf(vitals, migrations),
    worker: workerIsUp?.() === false ? { ok: false, detail: 'the worker process is being started again' } : workerOf(vitals),
    clock: clockOf(vitals, now()),
  }
}

/** A newer schema is fine: programs are replaced one after the other, and migrations leave the older ones at work. */
function schemaOf({ migrations }: Vitals, known: number): Vital {
  if (migrations >= known) return { ok: true }
  return { ok: false, detail: `the database has ${migrations} of ${known} migrations; start one process with the owner's login` }
}

function workerOf({ workerSilentMs }: Vitals): Vital {
  if (workerSilentMs === null) return { ok: false, detail: 'no worker is registered, so no run is carried out' }
  if (workerSilentMs <= SILENT_MS_MAX) return { ok: true }
  return { ok: false, detail: `the last worker was heard of ${Math.round(workerSilentMs / 1_000)} s ago` }
}

function clockOf(vitals: Vitals, now: Date): Vital {
  const skew = now.getTime() - vitals.now.getTime()
  if (Math.abs(skew) <= SKEW_MS_MAX) return schedulerOf(vitals)
  const seconds = Math.round(Math.abs(skew) / 1_000)
  return { ok: false, detail: `this machine's clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the database's` }
}

function schedulerOf({ schedulerSilentMs }: Vitals): Vital {
  if (schedulerSilentMs === null) return { ok: false, detail: 'no scheduler is registered, so nothing becomes due' }
  if (schedulerSilentMs <= SILENT_MS_MAX) return { ok: true }
  return { ok: false, detail: `the last scheduler was heard of ${Math.round(schedulerSilentMs / 1_000)} s ago` }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
