import type { AppLoadContext } from '@remix-run/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFailedCloseWorld } from '#db/testing/close-world.ts'
import { useDatabase } from '#db/testing/database.ts'
import { makeFiguresWorld } from '#db/testing/figures-world.ts'
import type { Role } from '#server/domain/actor.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { makeNews } from '#server/platform/news.ts'
import { createServices } from '#server/services/services.ts'
import { sessionCookie } from './.server/session.ts'
import type { ListName, OpenFigure } from './components/open-figure.tsx'
import { paths, type Scope, type TotalsSearch } from './paths.ts'
import { allOf, closeFigures } from './routes/_console.close/figures.ts'
import { loader as closeLoader } from './routes/_console.close/route.tsx'
import { loader as closePeriodLoader } from './routes/_console.close_.$entity.$period/route.tsx'
import { stateFigures } from './routes/_console.reconciliations/figures.ts'
import { loader as reconciliationsLoader } from './routes/_console.reconciliations/route.tsx'
import { towerFigures } from './routes/_console._index/figures.ts'
import { loader as towerLoader } from './routes/_console._index/route.tsx'
import { pivotFigures, trendFigures } from './routes/_console.totals/figures.ts'
import { loader as totalsLoader } from './routes/_console.totals/route.tsx'
import { metricsFigures } from './routes/_console.metrics/figures.ts'
import { loader as metricsLoader } from './routes/_console.metrics/route.tsx'
import { loader as linesLoader } from './routes/_console.lines/route.tsx'
import { loader as exceptionsLoader } from './routes/_console.exceptions/route.tsx'
import { loader as runsLoader } from './routes/_console.runs/route.tsx'
import { loader as waitingLoader } from './routes/_console.waiting/route.tsx'

// biome-ignore lint/correctness/useHookAtTopLevel: a test file's own database, no React hook
const world = useDatabase()
let cookie: string
let context: AppLoadContext
/** The screen of feeds, once the house has one. */
const [feedsScreen] = Object.values(import.meta.glob<{ loader: Loader }>('./routes/_console.feeds/route.tsx', { eager: true }))
/** How many rows each list ever showed: a world in which a list is always empty would prove nothing of it. */
const shownBy = new Map<string, number>()

beforeAll(async () => {
  await makeFiguresWorld(world)
  await makeFailedCloseWorld(world)
  const services = createServices({ db: world.db, logger: makeLogger({ level: 'silent' }), now: () => new Date() })
  context = { services, correlationId: 'test', cspNonce: 'n', sessionSecret: 'x'.repeat(32), remoteAddress: '', news: makeNews() }
  cookie = await sessionCookie(new Request('http://here/'), context, 'token', new Date(Date.now() + 60_000))
})
afterAll(() => {
  expect(
    [...shownBy]
      .filter(([, rows]) => rows > 0)
      .map(([list]) => list)
      .sort(),
  ).toEqual(OPENED)
})

// What a screen shows is rendered from these structures, so no figure has to be written down here.
const SCOPES: readonly Scope[] = [
  {},
  { entity: 'NO01' },
  { entity: 'SE01' },
  { period: '2026-03' },
  { entity: 'NO01', period: '2026-03', version: 'actual' },
  { version: 'FY26 v3' },
  { asOf: 2 },
]
const GRIDS = ['periods', 'jobs', 'days'] as const
type Screen = { name: string; role: Role; scope: readonly string[]; address: string; figures: (data: never) => OpenFigure[] }

/** Every kind of list and measure that some figure opened, with rows in it. */
const OPENED = [
  'checkpoints: accepted',
  'checkpoints: difference',
  'checkpoints: extracted',
  'checkpoints: loaded',
  'exceptions: amount',
  'exceptions: rows',
  ...(feedsScreen ? ['feeds: rows'] : []),
  'held loads: larger',
  'late publications: rows',
  'lines: debit',
  'lines: net',
  'lines: rows',
  'reconciliations not compared: rows',
  'reconciliations of the close: rows',
  'reconciliations: rows',
  'reconciliations: unexplained',
  'runs: rows',
  'waiting records: larger',
]
const SHAPES = [
  {},
  { measure: 'records' },
  { measure: 'net', by: 'period' },
  { across: 'period', figure: 'published' },
  { across: 'version', figure: 'source', next: 'none' },
  { by: 'period', across: 'entity', figure: 'difference', measure: 'records' },
  { currency: 'NOK', system: 'erp', objectType: 'journal_line' },
] as const satisfies readonly TotalsSearch[]
const PERIODS = [{}, { measure: 'records' }, { currency: 'SEK' }] as const satisfies readonly TotalsSearch[]
type TotalsData = Awaited<ReturnType<typeof totalsLoader>>

function totalsFigures({ totals, search, scope }: TotalsData): OpenFigure[] {
  const given = { ...scope, ...(search.system && { system: search.system }) }
  const across = search.across === 'checkpoints' ? null : search.across
  if (totals.view === 'pivot') return pivotFigures(totals, search.figure, across, given)
  return totals.view === 'periods' ? trendFigures(totals, given) : []
}

const RANGES = [{}, { from: '2020-01-01', to: '2020-01-31' }, { from: daysAgo(3), to: daysAgo(1) }] as const
const BOARDS = [{}, { from: '2026-01', to: '2026-09' }, { from: '2026-08', is: 'blocked' }, { state: 'open' }] as const
type CloseData = Awaited<ReturnType<typeof closeLoader>>
const boardFigures = ({ rows, scope }: CloseData) => rows.flatMap((row) => allOf(closeFigures(row, scope)))
type ListData = Awaited<ReturnType<typeof reconciliationsLoader>>
const listFigures = ({ counts, search, scope }: ListData) => stateFigures(counts, { ...scope, ...search })
type MetricsData = Awaited<ReturnType<typeof metricsLoader>>

const screens: Screen[] = [
  ...SCOPES.flatMap((scope) =>
    GRIDS.map((grid) => ({
      ...everything(paths.tower({ ...scope, grid })),
      figures: (data: TowerData) => towerFigures(data, data.scope),
    })),
  ),
  ...SCOPES.flatMap((scope) =>
    BOARDS.map((board) => ({ ...everything(paths.close({ ...scope, ...board })), figures: boardFigures })),
  ),
  { ...onlyOf('SE01', paths.close({ from: '2026-01' })), figures: boardFigures },
  ...SCOPES.map((scope) => ({ ...everything(paths.reconciliations(scope)), figures: listFigures })),
  ...['NO01', 'SE01'].map((entity) => ({ ...onlyOf(entity, paths.reconciliations()), figures: listFigures })),
  { ...onlyOf('NO01', paths.tower({ grid: 'jobs' })), figures: (data: TowerData) => towerFigures(data, data.scope) },
  ...SCOPES.flatMap((scope) => [
    ...SHAPES.map((shape) => ({ ...everything(paths.totals({ open: 'all', ...shape, ...scope })), figures: totalsFigures })),
    ...PERIODS.map((shape) => ({ ...everything(paths.totals({ ...shape, ...scope, view: 'periods' })), figures: totalsFigures })),
  ]),
  { ...onlyOf('NO01', paths.totals()), figures: totalsFigures },
  ...SCOPES.flatMap((scope) =>
    RANGES.map((range) => ({
      ...everything(paths.metrics({ ...scope, ...range })),
      figures: (data: MetricsData) => metricsFigures(data.view, data.scope),
    })),
  ),
  { ...onlyOf('SE01', paths.metrics()), figures: (data: MetricsData) => metricsFigures(data.view, data.scope) },
]
type TowerData = Awaited<ReturnType<typeof towerLoader>>

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
}
function everything(address: string) {
  return { name: address, role: 'controller' as const, scope: ['*'], address }
}
function onlyOf(entity: string, address: string) {
  return { name: `${address} of ${entity}`, role: 'finance_operations' as const, scope: [entity], address }
}

test.each(screens)('$name: every figure opens exactly what it counts', async ({ address, role, scope, figures }) => {
  const data = await load(address, role, scope)
  // A zero opens nothing on a screen; the tiles of the tower are links whatever they say, and of one board nothing is wrongly zero.
  const isWhole = address.startsWith('/?') || address.startsWith('/reconciliations') || address === '/close?period=2026-03'
  const isOpened = ({ value, opens }: OpenFigure) =>
    (opens.list !== 'feeds' || feedsScreen !== undefined) && (isWhole || plain(value) !== '0')
  const shown = figures(data as never).filter(isOpened)
  const found: [string, string][] = []
  for (const figure of shown) found.push([figure.key, await measured(figure, role, scope)])
  expect(found).toEqual(shown.map(({ key, value }) => [key, plain(value)]))
})

type Loader = (given: { request: Request; params: object; context: AppLoadContext }) => Promise<unknown>
const LOADERS: Readonly<Record<string, Loader>> = {
  '/': towerLoader as Loader,
  '/exceptions': exceptionsLoader as Loader,
  '/runs': runsLoader as Loader,
  '/waiting': waitingLoader as Loader,
  '/totals': totalsLoader as Loader,
  '/lines': linesLoader as Loader,
  '/metrics': metricsLoader as Loader,
  '/close': closeLoader as Loader,
  '/reconciliations': reconciliationsLoader as Loader,
  ...(feedsScreen && { '/feeds': feedsScreen.loader }),
}

async function load(address: string, role: Role, entityScope: readonly string[]): Promise<unknown> {
  const url = new URL(address, 'http://here')
  const [, entity, period] = /^\/close\/([^/]+)\/(.+)$/.exec(url.pathname) ?? []
  const loader = entity ? (closePeriodLoader as Loader) : LOADERS[url.pathname]
  if (!loader) throw new Error(`there is no screen at ${address}`)
  const whoIs = async () => ({ name: 'Test', actor: { name: 'test', role, entityScope } })
  const asked = { ...context, services: { ...context.services, whoIs } }
  return loader({
    request: new Request(url, { headers: { Cookie: cookie.split(';')[0]! } }),
    params: { entity, period },
    context: asked,
  })
}

type Row = Readonly<Record<string, unknown>> & { readonly currency?: string }

/** What the list that a figure opens really shows. */
async function measured({ href, opens }: OpenFigure, role: Role, scope: readonly string[]): Promise<string> {
  const rows = await rowsOf(opens.list, href, role, scope)
  const name = `${opens.list}: ${opens.measure}`
  shownBy.set(name, (shownBy.get(name) ?? 0) + rows.length)
  if (opens.measure === 'unexplained') return unexplainedOf(rows, opens.currency)
  if (opens.measure === 'rows') return `${rows.length}`
  const inCurrency = rows.filter((row) => opens.currency === undefined || row.currency === opens.currency)
  expect(inCurrency.length, `${href} lists other currencies than ${opens.currency}`).toBe(rows.length)
  if (opens.measure === 'larger') {
    const [debit, credit] = (['debit', 'credit'] as const).map((side) => sum(rows.map((row) => size(row[side] as string))))
    return plain(isLess(debit!, credit!) ? credit! : debit!)
  }
  return plain(sum(rows.map((row) => row[opens.measure] as string)))
}

/** A reconciliation has a difference a side and currency; only those of one currency are added up. */
const unexplainedOf = (rows: readonly Row[], currency: string | undefined) =>
  plain(
    sum(
      rows
        .flatMap(({ differences }) => differences as readonly Row[])
        .filter((one) => one.currency === currency)
        .map(({ unexplained }) => `${unexplained}`),
    ),
  )

/** Every row of the list, page after page. */
async function rowsOf(list: ListName, href: string, role: Role, scope: readonly string[]): Promise<Row[]> {
  const all: Row[] = []
  for (let address: string | null = href; address; ) {
    const data = (await load(address, role, scope)) as never
    const { rows, next } = PAGES[list]!(data, new URL(address, 'http://here'))
    all.push(...rows)
    address = next
  }
  return all
}

type Page = { rows: Row[]; next: string | null }
const before = (url: URL, data: { hasOlder: boolean }, id: number | undefined) =>
  data.hasOlder ? withParam(url, 'before', id) : null
const PAGES: Partial<Record<ListName, (data: never, url: URL) => Page>> = {
  exceptions: (data: Awaited<ReturnType<typeof exceptionsLoader>>, url) => {
    const currency = url.searchParams.get('currency') ?? undefined
    const rows = data.rows.map((row) => ({
      currency,
      amount: size(row.amounts.find((part) => part.currency === currency)?.amount ?? '0'),
    }))
    return { rows: rows as Row[], next: data.page < data.pages ? withParam(url, 'page', data.page + 1) : null }
  },
  runs: (data: Awaited<ReturnType<typeof runsLoader>>, url) => ({
    rows: data.rows as readonly unknown[] as Row[],
    next: before(url, data, data.rows.at(-1)?.runId),
  }),
  checkpoints: ({ totals, hasMore, search }: TotalsData, url) => ({
    rows: totals.slices as readonly unknown[] as Row[],
    next: hasMore ? withParam(url, 'page', search.page + 1) : null,
  }),
  lines: (data: Awaited<ReturnType<typeof linesLoader>>, url) => ({
    rows: data.rows as readonly unknown[] as Row[],
    next: data.hasLater ? withParam(url, 'after', data.rows.at(-1)?.lineId) : null,
  }),
  'waiting records': waitingPage,
  'held loads': waitingPage,
  reconciliations: (data: Awaited<ReturnType<typeof reconciliationsLoader>>, url) => ({
    rows: data.rows as readonly unknown[] as Row[],
    next: data.hasMore ? withParam(url, 'page', data.page + 1) : null,
  }),
  'reconciliations of the close': ({ reconciliations, notCompared }: PeriodData) => all([...reconciliations, ...notCompared]),
  'reconciliations not compared': ({ notCompared }: PeriodData) => all(notCompared),
  'late publications': ({ row }: PeriodData) => all(row.late),
  feeds: (data: { rows: readonly unknown[] }) => ({ rows: data.rows as Row[], next: null }),
}

type PeriodData = Awaited<ReturnType<typeof closePeriodLoader>>
const all = (rows: readonly unknown[]): Page => ({ rows: rows as Row[], next: null })

function waitingPage({ view }: Awaited<ReturnType<typeof waitingLoader>>, url: URL): Page {
  return { rows: view.rows as readonly unknown[] as Row[], next: view.next === null ? null : withParam(url, 'after', view.next) }
}

function withParam(url: URL, name: string, value: number | undefined): string {
  const next = new URL(url)
  next.searchParams.set(name, `${value}`)
  return next.pathname + next.search
}

/** Decimal text without the zeros at its end, so that 5 and 5.00 are one figure. */
const plain = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0')
const size = (text: string) => text.replace(/^-/, '')
const SCALE = 6
const scaled = (text: string) => {
  const [whole, fraction = ''] = text.split('.') as [string, string?]
  return BigInt(whole + fraction.padEnd(SCALE, '0'))
}
const isLess = (a: string, b: string) => scaled(a) < scaled(b)
function sum(texts: readonly string[]): string {
  const total = texts.reduce((so, text) => so + scaled(text), 0n)
  const digits = (total < 0n ? -total : total).toString().padStart(SCALE + 1, '0')
  return `${total < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`
}
