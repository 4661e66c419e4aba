import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { paths } from '#app/paths.ts'
import { ROLES, type Role } from '#server/domain/actor.ts'

/**
 * Every page of the product as every role, asked of a server that runs: the milliseconds until its last byte, one request after
 * the other. Objects are taken from the lists themselves, so it works on any demonstration.
 * node --import tsx bench/pages.ts [--address http://127.0.0.1:3000] [--requests 15] [--role it] [--json FILE]
 */
const { values } = parseArgs({
  options: {
    address: { type: 'string', default: 'http://127.0.0.1:3000' },
    requests: { type: 'string', default: '15' },
    role: { type: 'string' },
    json: { type: 'string' },
  },
})
const GOAL_MS = 100
const SHOWN_WORST = 12
const PEOPLE: Readonly<Record<Role, string>> = {
  finance_operations: 'fiona',
  controller: 'cara',
  it: 'ivan',
  auditor: 'ada',
  admin: 'adam',
}
const requests = Number.parseInt(values.requests, 10)

type Result = { role: Role; page: string; address: string; medianMs: number; p95Ms: number; bytes: number }
const results: Result[] = []
for (const role of ROLES.filter((name) => !values.role || name === values.role)) {
  const cookie = await signIn(PEOPLE[role])
  for (const [page, address] of await pagesOf(cookie)) results.push(await measure(role, page, address, cookie))
}

const worst = [...results].sort((a, b) => b.p95Ms - a.p95Ms)
console.table(
  worst.slice(0, SHOWN_WORST).map(({ role, page, medianMs, p95Ms, bytes }) => ({
    page,
    role,
    'median ms': medianMs,
    'p95 ms': p95Ms,
    'kB of HTML': Math.round(bytes / 1000),
  })),
)
const slow = results.filter(({ medianMs }) => medianMs > GOAL_MS)
console.log(
  `${results.length} pages and roles, ${requests} requests each: median of medians ${median(results.map(({ medianMs }) => medianMs))} ms, ` +
    `slowest median ${Math.max(...results.map(({ medianMs }) => medianMs))} ms, ${slow.length} with a median over ${GOAL_MS} ms, ` +
    `${results.filter(({ p95Ms }) => p95Ms > GOAL_MS).length} with a 95th percentile over it`,
)
if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
process.exitCode = slow.length > 0 ? 1 : 0

async function measure(role: Role, page: string, address: string, cookie: string): Promise<Result> {
  // Once for what a process does only the first time.
  const { bytes } = await ask(address, cookie)
  const took: number[] = []
  for (let n = 0; n < requests; n++) took.push((await ask(address, cookie)).ms)
  took.sort((a, b) => a - b)
  return { role, page, address, bytes, medianMs: median(took), p95Ms: rounded(took[Math.ceil(took.length * 0.95) - 1]!) }
}

async function ask(address: string, cookie: string): Promise<{ ms: number; bytes: number; text: string }> {
  const began = performance.now()
  const answer = await fetch(values.address + address, { headers: { Cookie: cookie }, redirect: 'manual' })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${address} answers ${answer.status}`)
  return { ms: performance.now() - began, bytes: Buffer.byteLength(text), text }
}

async function signIn(person: string): Promise<string> {
  const body = new URLSearchParams({ signIn: person, password: 'demo' })
  const answer = await fetch(values.address + paths.signIn(), { method: 'POST', body, redirect: 'manual' })
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0])
  if (cookie.length === 0) throw new Error(`${person} cannot sign in: is this the demonstration?`)
  return cookie.join('; ')
}

/** Each page with a name; of objects, the first that its list shows. */
async function pagesOf(cookie: string): Promise<[string, string][]> {
  const first = async (list: string, pattern: RegExp) => pattern.exec((await ask(list, cookie)).text)?.[1] ?? null
  const [run, exception, line, job, event, system, rejected] = [
    await first(paths.runs(), /href="\/runs\/(\d+)/),
    await first(paths.exceptions({ class: 'business', state: 'all' }), /href="\/exceptions\/(\d+)/),
    await first(paths.lines(), /href="\/lines\/(\d+)/),
    await first(paths.jobs(), /href="\/jobs\/([a-z0-9-]+)/),
    await first(paths.audit(), /href="\/audit\/(\d+)/),
    await first(paths.systems(), /href="\/systems\/([a-z0-9-]+)/),
    await first(paths.runs(), /href="\/runs\/(\d+)\/rejected/),
  ]
  const artifact = line && (await first(paths.line(line), /href="\/artifacts\/(\d+)/))
  const pages: Record<string, string | null> = {
    Tower: paths.tower(),
    'Tower, jobs': paths.tower({ grid: 'jobs' }),
    'Tower, days': paths.tower({ grid: 'days' }),
    'Control totals': paths.totals(),
    'Control totals, all open': paths.totals({ open: 'all' }),
    'Control totals, periods across': paths.totals({ across: 'period' }),
    'Control totals, published': paths.totals({ view: 'published' }),
    'Control totals, source to loaded': paths.totals({ view: 'checkpoints' }),
    'Control totals, changes': paths.totals({ view: 'changes' }),
    'Control totals, over periods': paths.totals({ view: 'periods' }),
    Lines: paths.lines(),
    Waiting: paths.waiting(),
    'Waiting, loads': paths.waiting({ what: 'loads' }),
    Exceptions: paths.exceptions(),
    Runs: paths.runs(),
    Jobs: paths.jobs(),
    Mappings: paths.mappings(),
    Systems: paths.systems(),
    Periods: paths.periods(),
    Metrics: paths.metrics(),
    Settings: paths.settings(),
    Upload: paths.upload(),
    Audit: paths.audit(),
    'a line': line && paths.line(line),
    'its artifact': artifact && paths.artifact(artifact, 2),
    'a run': run && paths.run(run),
    'rejected records': rejected && paths.runRejected(rejected),
    'an exception': exception && paths.exception(exception),
    'a job': job && paths.job(job),
    'a system': system && paths.system(system),
    'an audit event': event && paths.auditEvent(event),
    Feeds: paths.feeds(),
  }
  const there = async (address: string) => {
    const { status } = await fetch(values.address + address, { headers: { Cookie: cookie }, redirect: 'manual' })
    return status !== 404
  }
  const found: [string, string][] = []
  for (const [name, address] of Object.entries(pages)) if (address && (await there(address))) found.push([name, address])
  return found
}

function median(sorted: readonly number[]): number {
  const inOrder = [...sorted].sort((a, b) => a - b)
  return rounded(inOrder[Math.floor(inOrder.length / 2)]!)
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
