import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { paths } from '#app/paths.ts'
import { ANSWERING } from '#server/roles/supervise.ts'
import { addPerson } from '#server/services/add-person.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { ledgerJobOf, writeLedger } from './ledger-file.ts'
import { startMeasured, startWorkerProcess, type Measured } from './processes.ts'
import { below, median, p95, rounded, tell, type Answer, type Size } from './question.ts'
import { BENCH, benchDir, openBench, type Bench } from './setup.ts'
import { untilEnded } from './workers.ts'

const LOADS = 4
const READERS = 20
/** A reader looks at a page before asking for the next: twenty of them ask as often as a busy floor does. */
const LOOKS_MS = 1_000
/** Whoever follows a link is sent the data of the next page, as a browser asks for it; one page in so many is opened anew. */
const OPENS_EVERY = 5
const MAIN = fileURLToPath(new URL('../server/main.ts', import.meta.url))
const PERSON = { signIn: 'reader', password: 'only for measuring' }
const PAGES = [
  paths.tower(),
  paths.totals(),
  paths.totals({ view: 'published' }),
  paths.lines(),
  paths.runs(),
  paths.exceptions(),
  paths.jobs(),
]

/**
 * Four large loads at once, each of a job and a system of its own, in one worker process, while twenty people use the screens of a
 * web process over HTTP. Readers are measured first quiet, then beside the loads; the loads beside one that is alone, and quiet.
 */
export async function* ask({ quick, rounds }: Size): AsyncGenerator<Answer> {
  const lines = quick ? 40_000 : 250_000
  const file = join(benchDir, `ledger-${lines}.csv`)
  const found: { alone: number; together: number; quiet: Page[]; beside: Page[] }[] = []
  let [workerMb, webMb] = [0, 0]
  for (let round = 0; round < (quick ? 1 : Math.min(rounds, 3)); round++) {
    const bench = await openBench('tower_bench_crowd')
    await writeLedger(file, { lines })
    const yaml = Array.from({ length: LOADS + 1 }, (_, i) => ledgerJobOf(`crowd-${i}`)).join('\n---\n')
    await importDefinitions(bench.context, { yaml, actor: BENCH })
    await addPerson(bench.context, { ...PERSON, name: 'Reader', role: 'admin', entityScope: ['*'], actor: BENCH })
    const port = await freePort()
    const web = await startWeb(bench, port)
    const worker = await startWorkerProcess(bench.appUrl)
    try {
      const alone = await (await makeReady(bench, worker, file, ['crowd-0']))()
      const readers = await signedInReaders(`http://127.0.0.1:${port}`)
      await readers.read(sleep(2_000))
      const quiet = await readers.read(sleep(quick ? 6_000 : 20_000))
      let together = 0
      const loads = Array.from({ length: LOADS }, (_, i) => `crowd-${i + 1}`)
      const begin = await makeReady(bench, worker, file, loads)
      const beside = await readers.read(begin().then((seconds) => (together = seconds)))
      found.push({ alone, together, quiet, beside })
      workerMb = Math.max(workerMb, worker.peakMb())
      webMb = Math.max(webMb, web.peakMb())
      tell(
        `  round ${round + 1}: alone ${alone} s, ${LOADS} at once ${together} s; p95 quiet ${p95Of(quiet)} ms, beside ${p95Of(beside)} ms`,
      )
    } finally {
      await Promise.all([worker.stop(), web.stop()])
      await bench.close()
      await rm(file, { force: true })
    }
  }
  const ratios = found.map(({ quiet, beside }) => rounded(p95Of(beside) / p95Of(quiet)))
  const value = rounded(median(ratios))
  const [alone, together] = (['alone', 'together'] as const).map((key) => rounded(median(found.map((one) => one[key]))))
  yield {
    name: `readers beside ${LOADS} loads`,
    value,
    unit: 'ratio',
    ...below(value, 2),
    against: 'p95 of the same readers with nothing else going on; pages of the web role over HTTP',
    readers: READERS,
    lines,
    ratios,
    quietMs: figures(found.flatMap(({ quiet }) => quiet)),
    besideMs: figures(found.flatMap(({ beside }) => beside)),
    openedAnew: openedAnew(found),
    aloneS: alone,
    togetherS: together,
    // 4 would be one after the other.
    togetherAgainstAlone: rounded(together! / alone!),
  }
  yield { name: 'memory of the worker beside readers', value: workerMb, unit: 'MB', ...below(workerMb, 300), slots: 4 }
  yield { name: 'memory of the web process beside loads', value: webMb, unit: 'MB', ...below(webMb, 300) }
}

type Page = { readonly ms: number; readonly isAnew: boolean }

const p95Of = (pages: readonly Page[]) => rounded(p95(pages.map(({ ms }) => ms)), 0)

function figures(pages: readonly Page[]) {
  const ms = pages.map((page) => page.ms)
  return { requests: ms.length, p50: rounded(median(ms), 0), p95: rounded(p95(ms), 0), most: rounded(Math.max(...ms), 0) }
}

/** The pages that were opened anew by themselves: each is rendered whole by the web process. */
function openedAnew(found: readonly { quiet: Page[]; beside: Page[] }[]) {
  const of = (key: 'quiet' | 'beside') => figures(found.flatMap((one) => one[key].filter(({ isAnew }) => isAnew)))
  return { quietMs: of('quiet'), besideMs: of('beside') }
}

/**
 * Keeps the file for each job, and returns what lets the worker begin with all of them: seconds from then until the last load has ended.
 * Keeping is done by this process, which is all the readers as well: they would wait for it, not for the loads.
 */
async function makeReady(bench: Bench, worker: Measured, file: string, jobs: readonly string[]): Promise<() => Promise<number>> {
  worker.pause()
  const runIds: number[] = []
  for (const job of jobs) {
    const bytes = createReadStream(file, { highWaterMark: 1 << 20 })
    runIds.push((await loadFile(bench.context, { job, name: 'ledger.csv', bytes, actor: BENCH })).runId)
  }
  return async () => {
    const begun = Date.now()
    worker.goOn()
    return rounded(((await untilEnded(bench, runIds)) - begun) / 1000)
  }
}

const startWeb = ({ ownerUrl, appUrl }: Bench, port: number) =>
  startMeasured(MAIN, ['--role', 'web', '--supervised'], {
    execArgv: ANSWERING.execArgv,
    env: {
      DATABASE_URL: ownerUrl,
      DATABASE_APP_URL: appUrl,
      PORT: String(port),
      DEMO: 'no',
      LOG_LEVEL: 'error',
      DATA_DIR: benchDir,
    },
    say: 'drain',
  })

async function signedInReaders(address: string) {
  const body = new URLSearchParams({ signIn: PERSON.signIn, password: PERSON.password })
  const answer = await fetch(address + paths.signIn(), { method: 'POST', body, redirect: 'manual' })
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  if (cookie === '') throw new Error(`nobody can sign in: ${answer.status}`)
  return {
    /** Every page the readers asked for until `until`. */
    async read(until: Promise<unknown>): Promise<Page[]> {
      let isOver = false
      const over = until.finally(() => {
        isOver = true
      })
      const took: Page[] = []
      const reader = async (_: unknown, nth: number) => {
        // Not all in the same moment.
        await sleep((nth * LOOKS_MS) / READERS)
        for (let page = nth; !isOver; page++) {
          const begun = performance.now()
          const isAnew = page % OPENS_EVERY === 0
          const path = isAnew ? PAGES[page % PAGES.length]! : dataOf(PAGES[page % PAGES.length]!)
          const asked = await fetch(address + path, { headers: { Cookie: cookie }, redirect: 'manual' })
          await asked.text()
          if (asked.status !== 200) throw new Error(`${path} answers ${asked.status}`)
          const ms = performance.now() - begun
          took.push({ ms, isAnew })
          await sleep(Math.max(0, LOOKS_MS - ms))
        }
      }
      await Promise.all([over, ...Array.from({ length: READERS }).map(reader)])
      return took
    },
  }
}

/** Where Remix has the data of a page. */
const dataOf = (page: string) => (page === '/' ? '/_root.data' : page.replace(/(\?|$)/, '.data$1'))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  await new Promise<void>((done) => server.close(() => done()))
  if (typeof address === 'object' && address) return address.port
  throw new Error('no port is free')
}
