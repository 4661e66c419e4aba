/** Every address of the product, as a function. Nothing else in the house writes a URL; paths.test.ts prints them all. */

/** What one looks at. Travels from screen to screen; absent means everything, and as-of absent means now. */
export type Scope = { entity?: string; period?: string; version?: string; asOf?: number }
/** Keyset paging: the key after or before which the page begins. */
export type Page = { after?: string; before?: string }

/**
 * `since`: the earlier publication that changes are counted from. by, next, across: what the pivot is made of; `next` none: groups
 * only, `across` checkpoints: those are the columns, otherwise `figure` is what stands in them. `open`: codes of groups, all, none.
 */
export type TotalsSearch = Scope & {
  view?: 'pivot' | 'published' | 'checkpoints' | 'changes' | 'periods'
  by?: 'entity' | 'period'
  next?: 'entity' | 'period' | 'none'
  across?: 'checkpoints' | 'entity' | 'period' | 'version'
  figure?: 'source' | 'accepted' | 'loaded' | 'difference' | 'published'
  open?: string
  /** From 1: as of a publication nothing moves, so slices are paged by their place. */
  page?: number
  measure?: 'records' | 'debit' | 'credit' | 'net'
  since?: number
  currency?: string
  objectType?: string
  system?: string
}
/** `publication`: only what that publication brought. `check`: adds the rows up even where they are many. */
export type LinesSearch = Scope &
  Page & {
    currency?: string
    account?: string
    costCentre?: string
    document?: string
    objectType?: string
    system?: string
    publication?: number
    check?: 'rows'
  }
/** `is`: a kind of run beyond its status, such as touchless. from, to: when it was asked for; endedFrom, endedTo: when it ended. */
export type RunsSearch = Scope &
  Page &
  Partial<Record<'job' | 'system' | 'status' | 'trigger' | 'is' | 'from' | 'to' | 'endedFrom' | 'endedTo', string>>
/** `do` opens the dialog of an action; `preview` is the run that rehearses a replay. */
export type RunSearch = Scope & {
  do?: 'restart' | 'replay' | 'rollback' | 'decide' | 'cancel'
  preview?: string
  show?: 'records' | 'debit' | 'credit' | 'net'
  /** Absent: what became of it. `events` filters its timeline, `spans` shows the statements of its trace as well. */
  view?: 'timeline' | 'trace'
  events?: 'person' | 'system' | 'integration'
  spans?: 'all'
}
/** Which records a replay is asked for, how they are judged; exceptions by comma. `closed`: records of closed periods as well. */
export type ReplayNewSearch = Scope & {
  exceptions?: string
  run?: string
  job?: string
  code?: string
  currency?: string
  from?: string
  to?: string
  publications?: string
  rules?: 'current' | 'original'
  closed?: 'ask'
}
/** The queue of replays. `exception`: those that touched it. */
export type ReplaysSearch = Scope & Page & { state?: 'pending' | 'going' | 'ended'; by?: string; exception?: string }
/** `do` opens the dialog of an action. */
export type ReplaySearch = Scope & { do?: 'start' | 'decide' | 'abort' }
/** `of`: what was rehearsed, or what came of it. */
export type ReplayRecordsSearch = Scope & Pick<Page, 'after'> & { of?: 'rehearsed' | 'result'; result?: string }
/** `pair`: two currencies, or one on either side; `versions`: those that stand no longer as well. */
export type RatesSearch = Scope &
  Page &
  Partial<Record<'pair' | 'kind' | 'system' | 'from' | 'to', string>> & { versions?: 'all' }
/** `target`: the code of the system that is told. */
export type DeliveriesSearch = Scope & Page & { job?: string; target?: string; status?: string }
/** `do` opens the dialog of an action; `state` filters its documents. */
export type DeliverySearch = Scope & Pick<Page, 'after'> & { do?: 'retry' | 'hold' | 'abort'; state?: string }
/** `exception`: those made while working on it; `run`: those it applied. */
export type CorrectionsSearch = Scope & Page & Partial<Record<'standing' | 'job' | 'field' | 'by' | 'exception' | 'run', string>>
/** `page` from 1. */
export type ReconciliationsSearch = Scope & {
  name?: string | undefined
  state?: string | undefined
  process?: string | undefined
  signer?: string | undefined
  page?: number | undefined
}
/** `bucket`: parts of that kind; `part` is open, with its lines; `do` opens the dialog of an act, on `part` where it is about one. */
export type ReconciliationSearch = Scope & {
  bucket?: string | undefined
  part?: number | undefined
  do?: 'prepare' | 'certify' | 'reject' | 'explain' | 'evidence' | undefined
}
export type RejectedSearch = Scope & Pick<Page, 'after'> & { code?: string }
export type RepeatsSearch = Scope & Pick<Page, 'after'> & { outcome?: 'unchanged' | 'duplicate' }
export type ExceptionsSearch = Scope & {
  class?: string
  code?: string
  state?: string
  /** What is made of it, more closely than the state: in_progress. */
  work?: string
  job?: string
  run?: string
  /** An entity: failures that name it, or that stop a job that ever brought it. */
  stops?: string
  currency?: string
  /** Business days it is open, as a bucket: 2-5. */
  age?: string
  /** More business days than these. */
  older?: number
  /** More than this at stake in one currency, a decimal. */
  above?: string
  severity?: string
  team?: string
  /** A sign-in, me or nobody. */
  assignee?: string
  due?: string
  is?: string
  q?: string
  closedFrom?: string
  closedTo?: string
  order?: string
  page?: number
  /** Opens the dialog of an act on those that are chosen, or on all that match. */
  do?: string
  chosen?: string
  all?: string
}
/** `do` opens the dialog of an act, `ending` with what it would propose; `by` filters its history. */
export type ExceptionSearch = Scope &
  Pick<Page, 'after'> & {
    do?: 'assign' | 'severity' | 'end' | 'decide' | 'reopen'
    ending?: 'waived' | 'rejected' | 'done_outside'
    by?: 'person' | 'system'
  }
export type JobsSearch = Scope & {
  do?: 'import'
  state?: 'paused' | 'late' | 'failed'
  system?: string
  owner?: string
  process?: string
}
/** `do` opens the dialog of an action; the rest is the schedule it previews. */
export type JobSearch = Scope & { do?: 'pause' | 'resume' | 'schedule'; version?: string; kind?: 'cron' | 'close' | 'none' }
/** What is expected by a time, and whether it came. `from` and `to`: days, in UTC, of when it was expected. */
export type FeedsSearch = Scope & {
  /** came: arrived or late. */
  state?: 'expected' | 'arrived' | 'late' | 'missing' | 'came' | undefined
  job?: string
  owner?: string
  from?: string
  to?: string
}
export type UploadSearch = Scope & { job?: string }
/** `object`: 'run 9', or 'run' for all of them. */
export type AuditSearch = Page & {
  actor?: string
  action?: string
  object?: string
  correlation?: string
  from?: string
  to?: string
}
/** With a system or a dimension it leads on to that one; a code is what one is about to map. */
export type MappingsSearch = Scope & { system?: string; dimension?: string; code?: string }
export type UnmappedSearch = Scope & { system?: string; dimension?: string }
/** `member` is 'entity|code'; `after` the same of the last member of the page before. */
export type DimensionSearch = Scope & {
  q?: string
  system?: string
  show?: 'drift' | 'by-hand' | 'inactive'
  member?: string
  after?: string
  do?: 'correct'
}
/** `at` and `since`: versions of the mapping. `proposal` is looked at; `dimension` and `code` are what one proposes for. */
export type MappingSearch = Scope & {
  q?: string
  at?: string
  since?: string
  dimension?: string
  code?: string
  do?: 'propose' | 'list'
  proposal?: string
}
/** `grid`: what stands against the entities in the grid of the tower. */
export type TowerSearch = Scope & { grid?: 'periods' | 'jobs' | 'days' }
/** `what`: records that did not pass, or loads that are held. */
export type WaitingSearch = Scope &
  Pick<Page, 'after'> & {
    what?: 'records' | 'loads'
    currency?: string
    job?: string
    code?: string
    objectType?: string
    system?: string
  }
export type MetricsSearch = Scope & { from?: string; to?: string }
/** `do` opens the dialog of a change; `cell` are the periods it is about, 'DE01 2026-10', by comma; `to` the state they would get. */
export type PeriodsSearch = Scope & {
  around?: string
  do?: 'change'
  cell?: string
  to?: 'open' | 'soft_closed' | 'closed'
}
/** `is`: only what is or is not ready; `from` and `to`: names of periods; `state`: a state of periods. */
export type CloseSearch = Scope & {
  calendar?: string | undefined
  from?: string | undefined
  to?: string | undefined
  state?: string | undefined
  is?: 'blocked' | 'ready' | undefined
  page?: number | undefined
}
/** `do` opens the dialog of an act. */
export type ClosePeriodSearch = Scope & { do?: 'close' | 'soft_close' | 'reopen' | 'decide' | undefined }
/** `until`: the end of the window, an instant, so that a figure opens the very calls it counts. */
export type SystemsSearch = Scope & { window?: '1h' | '24h' | '7d' | '30d'; until?: string }
export type SystemSearch = SystemsSearch & Page & { job?: string; outcome?: string; slower?: number }
/** What somebody is about to say that an exception is, and the rule that would be kept of it. */
export type ClassifySearch = { code?: string; keep?: 'code' | 'phrase'; byCode?: string; byPhrase?: string }
/** `rule`: the classification rule that `do` is about. */
export type SettingsSearch = { view?: 'people' | 'installation' | 'classification'; do?: 'add' | 'withdraw'; rule?: number }
export type SignInSearch = { returnTo?: string }

export const paths = {
  signIn: (search: SignInSearch = {}) => at('/sign-in', search),
  signOut: () => '/sign-out',
  /** Where the root keeps what a person prefers (theme, density, rail): a POST to the root itself. */
  preferences: () => '/',
  /** What changed, in a word, as it happens: a stream of server-sent events. */
  events: () => '/events',
  /** What somebody may mean: for the palette. */
  find: (search: { q?: string } = {}) => at('/find', search),
  /** Saves, removes and chooses the views of lists: a POST. */
  views: () => '/views',

  tower: (search: TowerSearch = {}) => at('/', search),
  totals: (search: TotalsSearch = {}) => at('/totals', search),
  lines: (search: LinesSearch = {}) => at('/lines', search),
  line: (id: Id, search: Scope = {}) => at(`/lines/${part(id)}`, search),
  reconciliations: (search: ReconciliationsSearch = {}) => at('/reconciliations', search),
  reconciliation: (id: Id, search: ReconciliationSearch = {}) => at(`/reconciliations/${part(id)}`, search),
  /** A definition that loosens control, until a second person decides. */
  definitionProposal: (id: Id, search: Scope & { do?: 'approve' | 'decline' } = {}) =>
    at(`/reconciliations/proposals/${part(id)}`, search),
  /** What was signed, as it was sealed. */
  certification: (reconciliation: Id, id: Id, search: Scope = {}) =>
    at(`/reconciliations/${part(reconciliation)}/certifications/${part(id)}`, search),
  /** Everything by which it can be done again. */
  evidencePack: (reconciliation: Id, search: { certification?: number | undefined } = {}) =>
    at(`/reconciliations/${part(reconciliation)}/evidence.zip`, search),
  periodPack: (search: ReconciliationsSearch = {}) => at('/reconciliations.zip', search),
  /** A file of evidence as it was added. */
  evidenceFile: (reconciliation: Id, id: Id) => `/reconciliations/${part(reconciliation)}/evidence/${part(id)}/bytes`,
  runs: (search: RunsSearch = {}) => at('/runs', search),
  run: (id: Id, search: RunSearch = {}) => at(`/runs/${part(id)}`, search),
  runRejected: (id: Id, search: RejectedSearch = {}) => at(`/runs/${part(id)}/rejected`, search),
  runRepeats: (id: Id, search: RepeatsSearch = {}) => at(`/runs/${part(id)}/repeats`, search),
  /** The original bytes of a delivery, as a download. */
  runDelivery: (id: Id, artifactId: Id) => at(`/runs/${part(id)}/deliveries/${part(artifactId)}`, {}),
  /** Replays of many records: what was asked, what a rehearsal found, what came of it. */
  replays: (search: ReplaysSearch = {}) => at('/replays', search),
  replayNew: (search: ReplayNewSearch = {}) => at('/replays/new', search),
  replay: (id: Id, search: ReplaySearch = {}) => at(`/replays/${part(id)}`, search),
  replayRecords: (id: Id, search: ReplayRecordsSearch = {}) => at(`/replays/${part(id)}/records`, search),
  corrections: (search: CorrectionsSearch = {}) => at('/corrections', search),
  correctionNew: (search: Scope & { record: number | string; field?: string; value?: string }) => at('/corrections/new', search),
  correction: (id: Id, search: Scope & { do?: 'approve' | 'refuse' | 'withdraw' } = {}) => at(`/corrections/${part(id)}`, search),
  /** What targets are told of publications. */
  deliveries: (search: DeliveriesSearch = {}) => at('/deliveries', search),
  delivery: (id: Id, search: DeliverySearch = {}) => at(`/deliveries/${part(id)}`, search),
  /** Records and loads that wait, over all runs: what did not get through. */
  waiting: (search: WaitingSearch = {}) => at('/waiting', search),
  exceptions: (search: ExceptionsSearch = {}) => at('/exceptions', search),
  /** The view as a sheet to work on, and where it is brought back. */
  exceptionsSheet: (search: ExceptionsSearch = {}) => at('/exceptions/work.xlsx', search),
  bringSheet: (search: Scope = {}) => at('/exceptions/work', search),
  sheet: (id: Id, search: Scope & { outcome?: string; after?: string } = {}) => at(`/exceptions/work/${part(id)}`, search),
  exception: (id: Id, search: ExceptionSearch = {}) => at(`/exceptions/${part(id)}`, search),
  /** The exception, at a note beside it. */
  note: (id: Id, noteId: number) => `${at(`/exceptions/${part(id)}`, {})}#${noteAnchor(noteId)}`,
  classify: (id: Id, search: ClassifySearch = {}) => at(`/exceptions/${part(id)}/classify`, search),
  jobs: (search: JobsSearch = {}) => at('/jobs', search),
  job: (name: string, search: JobSearch = {}) => at(`/jobs/${part(name)}`, search),
  jobYaml: (name: string, version?: number) => at(`/jobs/${part(name)}/yaml`, { version }),
  /** What is expected from each job, and whether it came. */
  feeds: (search: FeedsSearch = {}) => at('/feeds', search),
  rates: (search: RatesSearch = {}) => at('/rates', search),
  mappings: (search: MappingsSearch = {}) => at('/mappings', search),
  unmapped: (search: UnmappedSearch = {}) => at('/mappings/unmapped', search),
  dimension: (dimension: string, search: DimensionSearch = {}) => at(`/mappings/dimensions/${part(dimension)}`, search),
  dimensionCsv: (dimension: string, search: DimensionSearch = {}) => at(`/mappings/dimensions/${part(dimension)}/csv`, search),
  mapping: (system: string, search: MappingSearch = {}) => at(`/mappings/systems/${part(system)}`, search),
  /** All entries in force at a version, in the form a list of proposals is given in. */
  mappingCsv: (system: string, version?: number) => at(`/mappings/systems/${part(system)}/csv`, { at: version }),
  mappingYaml: (system: string, version?: number) => at(`/mappings/systems/${part(system)}/yaml`, { at: version }),
  systems: (search: SystemsSearch = {}) => at('/systems', search),
  system: (code: string, search: SystemSearch = {}) => at(`/systems/${part(code)}`, search),
  /** What stands between each entity and the close of its period. */
  close: (search: CloseSearch = {}) => at('/close', search),
  closePeriod: (entity: string, period: string, search: ClosePeriodSearch = {}) =>
    at(`/close/${part(entity)}/${part(period)}`, search),
  periods: (search: PeriodsSearch = {}) => at('/periods', search),
  calendar: (code: string, search: Scope & { year?: number } = {}) => at(`/periods/${part(code)}`, search),
  metrics: (search: MetricsSearch = {}) => at('/metrics', search),
  settings: (search: SettingsSearch = {}) => at('/settings', search),
  person: (signIn: string) => at(`/settings/people/${part(signIn)}`, {}),
  upload: (search: UploadSearch = {}) => at('/upload', search),
  audit: (search: AuditSearch = {}) => at('/audit', search),
  auditEvent: (id: Id) => at(`/audit/${part(id)}`, {}),
  auditVerify: () => '/audit/verify',
  auditCheckpoints: () => '/audit/checkpoints',
  auditCheckpointText: () => '/audit/checkpoint.txt',
  auditEvidence: (format: 'zip' | 'jsonl', search: AuditSearch = {}) => at(`/audit.${format}`, search),
  /**
   * The artifact; with a position, the record that stands there. Formats that carry several kinds of records count each kind
   * apart, so a position needs its kind; without one the kind the job is about is meant.
   */
  artifact: (id: Id, position?: number, objectType?: string) => at(`/artifacts/${part(id)}`, { position, objectType }),
  artifactBytes: (id: Id) => `/artifacts/${part(id)}/bytes`,
} as const

export const noteAnchor = (noteId: number): string => `note-${noteId}`

/** A list under a saved view: its query, and which view it came from. */
export function viewHref(screen: string, query: string, viewId: number, scope: Scope = {}): string {
  return at(screen, { ...Object.fromEntries(new URLSearchParams(query)), ...scope, saved: viewId })
}

/** A list with the filters it is seen with, as a file. */
export function exportHref(screen: string, format: 'csv' | 'xlsx', search: string): string {
  return at(`${screen}.${format}`, Object.fromEntries(new URLSearchParams(search)))
}

type Id = string | number | bigint
type SearchValue = string | number | undefined

const part = (id: Id): string => encodeURIComponent(id.toString())

/** What is undefined or empty leaves the address, so that one view has one address. */
function at(path: string, search: Readonly<Record<string, SearchValue>>): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value.toString()] as [string, string]],
  )
  const query = new URLSearchParams(pairs).toString()
  return query ? `${path}?${query}` : path
}
