import type { SimulatedEndpoint, SimulatedSystem } from '#server/connectors/simulator/simulated-systems.ts'
import type { PagingStyle } from '#server/connectors/simulator/simulated-page.ts'
import { makePlanningSimulator } from '#server/connectors/simulator/planning-simulator.ts'
import * as aldermoor from './aldermoor.ts'
import type { Shown } from './shown.ts'
import type { Stage } from './stage.ts'
import * as torvane from './torvane.ts'

/** Which stage of the story an endpoint, named `system/path`, is at. */
export type StageOf = (endpoint: string) => Stage

type Show = (at: Stage) => Shown
type FaultOf = SimulatedEndpoint['fault']
type Endpoint = Show | { readonly show: Show; readonly pageSize?: number; readonly fault: FaultOf }

const PAGE_SIZE = 1_000
const regions = (names: readonly string[], path: string, show: (region: string, at: Stage) => Shown) =>
  Object.fromEntries(names.map((region) => [`${path}/${region}`, (at: Stage) => show(region, at)]))
/** One bad answer, at the nth request; everything after is well. */
const once =
  (nth: number, kind: '429' | 'html_503'): FaultOf =>
  (request) =>
    request === nth ? kind : null

const SYSTEMS: Readonly<
  Record<string, { readonly paging: PagingStyle; readonly endpoints: Readonly<Record<string, Endpoint>> }>
> = {
  'aldermoor-erp': {
    paging: 'cursor',
    endpoints: {
      'v1/subsidiaries': aldermoor.subsidiaries,
      'v1/accounts': aldermoor.accounts,
      'v1/departments': aldermoor.departments,
      ...regions(['uk', 'europe', 'us', 'japan'], 'v1/journal-lines', aldermoor.journalLines),
    },
  },
  'aldermoor-billing': {
    paging: 'offset',
    endpoints: regions(['uk', 'europe', 'us'], 'v1/invoice-lines', aldermoor.invoiceLines),
  },
  'aldermoor-crm': {
    paging: 'link',
    endpoints: {
      'query/accounts': { show: aldermoor.customers, fault: once(1, '429') },
      'query/bookings': aldermoor.bookings,
    },
  },
  'aldermoor-planning': {
    paging: 'page',
    endpoints: {
      'plans/budget': aldermoor.budget,
      'plans/forecast': (at) => aldermoor.forecast(at, { us: false }),
      'plans/forecast/us': { show: (at) => aldermoor.forecast(at, { us: true }), fault: () => 'short_page' },
      'lists/cost-centres': aldermoor.planningCostCentres,
    },
  },
  'aldermoor-warehouse': {
    paging: 'link',
    endpoints: { 'balances/monthly': { show: aldermoor.warehouseBalances, fault: () => 'expired_token' } },
  },
  'torvane-erp': {
    paging: 'odata',
    endpoints: {
      'odata/CompanyCodes': torvane.companyCodes,
      'odata/GLAccounts': torvane.glAccounts,
      'odata/CostCenters': torvane.costCenters,
      'odata/PlanItems': torvane.planItems,
      ...regions(['europe', 'americas', 'japan'], 'odata/JournalItems', torvane.journalItems),
    },
  },
  'torvane-procurement': {
    paging: 'page',
    endpoints: {
      suppliers: { show: torvane.suppliers, pageSize: 50, fault: once(2, 'html_503') },
      invoices: torvane.supplierInvoices,
    },
  },
  'torvane-reporting': {
    paging: 'cursor',
    endpoints: { balances: { show: torvane.reportedBalances, fault: () => 'down' } },
  },
}

/** Systems that are told instead of asked. */
const TARGETS = ['torvane-planning'] as const
const RATE = { requests: 200, windowMs: 10_000 }

/** `keep`: a file in which what targets took outlives the process. */
export const simulatedSystems = (stageOf: StageOf, keep?: string): SimulatedSystem[] => [
  ...sources(stageOf),
  ...TARGETS.map((code) => ({
    code,
    token: tokenOf(code),
    endpoints: {},
    takes: { path: 'write-back', by: makePlanningSimulator({ token: tokenOf(code), rate: RATE, ...(keep && { keep }) }) },
  })),
]

const sources = (stageOf: StageOf): SimulatedSystem[] =>
  Object.entries(SYSTEMS).map(([code, { paging, endpoints }]) => ({
    code,
    token: tokenOf(code),
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([path, given]) => [path, endpointOf(given, paging, () => stageOf(`${code}/${path}`))]),
    ),
  }))

/** `files`: where senders put theirs; `outbox`: where ours are put. */
type Places = { readonly url: string; readonly files: string; readonly outbox: string }

/** What job definitions name instead of addresses, tokens and folders. The tokens open nothing but a simulator. */
export function demoCredentials({ url, files, outbox }: Places): Record<string, string> {
  const variables = [...Object.keys(SYSTEMS), ...TARGETS].flatMap((code) => {
    const name = code.toUpperCase().replaceAll('-', '_')
    return [
      [`${name}_URL`, `${url}/${code}`],
      [`${name}_TOKEN`, tokenOf(code)],
    ]
  })
  return { ...(Object.fromEntries(variables) as Record<string, string>), TORVANE_INBOX: files, ALDERMOOR_OUTBOX: outbox }
}

const tokenOf = (code: string) => `simulated-${code}`

function endpointOf(given: Endpoint, paging: PagingStyle, at: () => Stage): SimulatedEndpoint {
  const { show, pageSize = PAGE_SIZE, fault } = typeof given === 'function' ? { show: given, fault: undefined } : given
  let kept: { readonly at: Stage; readonly shown: Shown } | null = null
  let before = 0
  return {
    paging,
    pageSize,
    answer() {
      const now = at()
      if (kept?.at !== now) kept = { at: now, shown: show(now) }
      return kept.shown
    },
    fault(request) {
      // Requests are counted from the moment the faults are there.
      if (!at().faults) before = request
      return at().faults ? (fault?.(request - before) ?? null) : null
    },
  }
}
