import type { Socket } from 'node:net'
import { httpLedgerJob } from '#db/testing/ledger.ts'
import { runSource, type JobInput } from '#db/testing/load.ts'
import { head, MISDEEDS, startHostileServer, type Misdeed } from '#server/connectors/testing/hostile-server.ts'
import { startLedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { TECHNICAL_FAILURES, type TechnicalCode } from '#server/domain/errors.ts'
import { openCluster } from './cluster.ts'
import { inspect, Tally } from './compare.ts'
import { MemoryWatch } from './memory-watch.ts'
import { openTower, openWorker, type Tower } from './tower.ts'
import type { Found, Setting, Trial } from './trial.ts'

const SIZES = {
  brief: { statuses: 5, pages: 50 },
  quick: { statuses: 40, pages: 600 },
  long: { statuses: 200, pages: 10_000 },
} as const
const ATTEMPTS = 2
const LINES = 200
/** The deadline of an answer is 400 ms; what a run adds to that is ours, on a machine with other things to do. */
const RUN_MS_MAX = 20_000

/** Every misdeed of a source goes through a whole run: its class, its attempts, its exception; and a good source loads afterwards. */
export const trial: Trial = { name: 'hostile-source', run }

async function run({ random, size, tell }: Setting): Promise<Found> {
  const tally = new Tally()
  const cluster = await openCluster()
  try {
    const tower = await openTower(cluster, 'tried', [])
    // What is tried here is not the disk.
    await tower.owner.unsafe('alter database tried set synchronous_commit = off')
    const worker = await openWorker(tower.appUrl)
    const memory = new MemoryWatch()
    const { statuses, pages } = SIZES[size]
    const first = random.whole(0, 200)
    const all = [
      ...MISDEEDS.filter(({ name }) => !ENDLESS.has(name)),
      ...Array.from({ length: statuses }, (_, i) => status(400 + ((first + i * 47) % 200))),
      manyPages(pages),
      ...COUNTED,
    ]
    for (const [nth, misdeed] of all.entries()) {
      tell(`  ${nth + 1} of ${all.length}: ${misdeed.name}`)
      const server = await startHostileServer(misdeed)
      const begun = performance.now()
      const job = jobOf(server.url, nth, misdeed, pages)
      const report = await runSource(worker.context, job)
      await server.stop()
      tally.loads++
      tally.kills++
      const fault = await faultOf(tower, report, misdeed, pages)
      tally.blame(fault === null ? 0 : 1, `${misdeed.name}: ${fault}`)
      const ms = Math.round(performance.now() - begun)
      tally.blame(ms > RUN_MS_MAX && misdeed.name !== 'pages' ? 1 : 0, `${misdeed.name}: took ${ms} ms`)
    }
    await loadGood(worker, tower, tally)
    tally.blame(memory.excess(), memory.words())
    tally.say(`${all.length} misdeeds, ${pages} pages in one run; ${memory.words()}`)
    await inspect(tower, tally)
    await worker.close()
    await tower.close()
    return { ...tally }
  } finally {
    await cluster.remove()
  }
}

/** Bounded by the pages a job allows: the last of all, with more of them. */
const ENDLESS = new Set(['pages without end'])

const status = (code: number): Misdeed => ({
  name: `status ${code}`,
  code: EXPECTED[code] ?? (code < 500 ? 'source_refused' : 'source_unavailable'),
  answer: (socket) => socket.end(head(`${code} X`, ['Content-Length: 0'])),
})

/** Said again, so that the table of the product is compared with something. */
const EXPECTED: Readonly<Record<number, TechnicalCode>> = {
  401: 'credential_refused',
  403: 'credential_refused',
  404: 'source_endpoint_unknown',
  408: 'source_timed_out',
  410: 'source_endpoint_unknown',
  425: 'source_timed_out',
  429: 'source_throttled',
  501: 'source_refused',
  505: 'source_refused',
  511: 'source_refused',
}

const lineOf = (id: string) => ({ id, entity: 'NO01', period: '2026-03', currency: 'NOK', account: '4000', debit: '1.00' })

const manyPages = (pages: number): Misdeed => ({
  name: 'pages',
  code: null,
  answer: (socket, { nth }) => {
    const page = JSON.stringify({
      lines: [lineOf(`P${nth}`)],
      paging: { next: nth < pages ? String(nth) : null },
      totals: { count: pages },
    })
    socket.end(head('200 OK', [`Content-Length: ${page.length}`]) + page)
  },
})

const COUNTED_PAGE = 10
/** Counted pages of records that have numbers: those from the offset asked for on, of those that are there. */
const counted = (socket: Socket, path: string, records: readonly number[], count = records.length) => {
  const offset = Number.parseInt(new URL(path, 'http://source').searchParams.get('offset') ?? '0', 10)
  const lines = records.slice(offset, offset + COUNTED_PAGE).map((nth) => lineOf(`C${nth}`))
  const page = JSON.stringify({ lines, totals: { count } })
  socket.end(head('200 OK', [`Content-Length: ${page.length}`]) + page)
}
const numbersFrom = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i)

/** Where we count the pages, a source that changes meanwhile leaves records out that nobody misses. By what code it is refused is theirs. */
const COUNTED: readonly Misdeed[] = [
  {
    // Those that were read are deleted, and the others move up.
    name: 'counted: away at page 2, and fewer records then',
    code: null,
    answer: (socket, { nth, path }) => {
      if (nth === 2) socket.end(head('503 Unavailable', ['Content-Length: 0']))
      else counted(socket, path, numbersFrom(nth === 1 ? 0 : COUNTED_PAGE, 4 * COUNTED_PAGE))
    },
  },
  {
    name: 'counted: an empty page before the stated count',
    code: null,
    answer: (socket, { path }) => counted(socket, path, numbersFrom(0, COUNTED_PAGE), 4 * COUNTED_PAGE),
  },
]

const jobOf = (url: string, nth: number, { name }: Misdeed, pages: number): JobInput => {
  const isCounted = name.startsWith('counted')
  const { source: asked, format, ...job } = httpLedgerJob(url.replace('/v1/lines', ''), { job: `hostile-${nth}` })
  const source = isCounted
    ? { ...asked, countPath: 'totals.count', paging: { style: 'offset' as const, pageSize: COUNTED_PAGE } }
    : asked
  return {
    ...job,
    system: { code: `hostile-${nth}`, name: `Source ${nth}`, kind: 'erp' },
    source: { ...source, timeoutMs: name === 'pages' ? 5_000 : 400, maxPageBytes: 1024 * 1024, maxPages: Math.max(pages, 40) },
    // What paging makes of the count is tried, not what a control makes of it.
    format: { type: 'json', records: 'lines', ...(isCounted ? {} : { count: 'totals.count' }) },
    mapping: { key: ['id'], fields: { accounting_status: { value: 'posted' } } },
    retry: { attempts: ATTEMPTS, baseMs: 10, maxMs: 20 },
  }
}

/** What is wrong with how the run ended; null where nothing is. */
async function faultOf(
  tower: Tower,
  report: Awaited<ReturnType<typeof runSource>>,
  { name, code }: Misdeed,
  pages: number,
): Promise<string | null> {
  const [attempt] = await tower.owner<{ code: string | null; detail: string | null }[]>`
    select failure_code as code, failure_detail as detail from attempts where run_id = ${report.runId} order by attempt desc limit 1`
  const said = `${report.outcome} ${attempt?.code}: ${attempt?.detail}`
  if (name.startsWith('counted'))
    return ['failed', 'held'].includes(report.outcome) && report.publication === null
      ? null
      : `${said}, with ${report.lines.new} lines published`
  if (code === null) {
    const lines = name === 'pages' ? pages : 1
    return report.outcome === 'succeeded' && report.lines.new === lines
      ? null
      : `${said}, with ${report.lines.new} lines of ${lines}`
  }
  const isTransient = TECHNICAL_FAILURES[code].class === 'technical_transient'
  if (report.outcome !== 'failed' || attempt?.code !== code) return `${said} where ${code} is due`
  if (report.attempts !== (isTransient ? ATTEMPTS : 1)) return `${said}, after ${report.attempts} attempts`
  return report.exceptions.some((exception) => exception.code === code) ? null : `${said}, and nobody is told`
}

async function loadGood(worker: Awaited<ReturnType<typeof openWorker>>, tower: Tower, tally: Tally): Promise<void> {
  const simulator = await startLedgerSimulator({ lines: { count: LINES }, pageSize: 30 })
  const job = httpLedgerJob(simulator.url, { job: 'good', system: { code: 'good', name: 'Good', kind: 'erp' } })
  const report = await runSource(worker.context, job)
  await simulator.stop()
  const [row] = await tower.owner<{ n: number }[]>`
    select count(*)::int as n from lines l join systems s on s.system_id = l.system_id where s.code = 'good' and superseded_at_pub is null`
  tally.loads++
  tally.lost += Math.max(0, LINES - row!.n)
  tally.doubled += Math.max(0, row!.n - LINES)
  tally.blame(report.outcome === 'succeeded' ? 0 : 1, `a good source afterwards: ${report.sentence}`)
}
