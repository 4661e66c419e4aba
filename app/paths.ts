/** Every address of the product, as a function. Nothing else in the house writes a URL; paths.test.ts prints them all. */

/** What one looks at. Travels from screen to screen; absent means everything, and as-of absent means now. */
export type Scope = { entity?: string; period?: string; version?: string; asOf?: number }
/** Keyset paging: the key after or before which the page begins. */
export type Page = { after?: string; before?: string }

/** `since`: the earlier publication that changes are counted from. */
export type TotalsSearch = Scope & {
  view?: 'published' | 'checkpoints' | 'changes'
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
export type RunsSearch = Scope & Page & { job?: string; status?: string; trigger?: string; from?: string; to?: string }
/** `do` opens the dialog of an action; `preview` is the run that rehearses a replay. */
export type RunSearch = Scope & {
  do?: 'restart' | 'replay' | 'rollback' | 'cancel'
  preview?: string
  show?: 'records' | 'debit' | 'credit' | 'net'
}
export type RejectedSearch = Scope & Pick<Page, 'after'> & { code?: string }
export type RepeatsSearch = Scope & Pick<Page, 'after'> & { outcome?: 'unchanged' | 'duplicate' }
export type ExceptionsSearch = Scope &
  Page & {
    class?: string
    code?: string
    state?: string
    job?: string
    run?: string
    currency?: string
  }
export type JobsSearch = Scope & {
  do?: 'import'
  state?: 'paused' | 'late' | 'failed'
  system?: string
  owner?: string
  process?: string
}
/** `do` opens the dialog of an action; the rest is the schedule it previews. */
export type JobSearch = Scope & {
  do?: 'pause' | 'resume' | 'schedule'
  version?: string
  kind?: 'cron' | 'close' | 'none'
}
/** What is expected by a time, and whether it came. `from` and `to`: days, in UTC, of when it was expected. */
export type FeedsSearch = Scope & {
  state?: 'expected' | 'arrived' | 'late' | 'missing'
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
export type SignInSearch = { returnTo?: string }

export const paths = {
  signIn: (search: SignInSearch = {}) => at('/sign-in', search),
  signOut: () => '/sign-out',
  /** Where the root keeps what a person prefers (theme, density, rail): a POST to the root itself. */
  preferences: () => '/',

  tower: (search: Scope = {}) => at('/', search),
  totals: (search: TotalsSearch = {}) => at('/totals', search),
  totalsCsv: (search: TotalsSearch = {}) => at('/totals.csv', search),
  lines: (search: LinesSearch = {}) => at('/lines', search),
  linesCsv: (search: LinesSearch = {}) => at('/lines.csv', search),
  line: (id: Id, search: Scope = {}) => at(`/lines/${part(id)}`, search),
  runs: (search: RunsSearch = {}) => at('/runs', search),
  /** The view of the list, as a file. */
  runsCsv: (search: RunsSearch = {}) => at('/runs.csv', search),
  run: (id: Id, search: RunSearch = {}) => at(`/runs/${part(id)}`, search),
  runRejected: (id: Id, search: RejectedSearch = {}) => at(`/runs/${part(id)}/rejected`, search),
  runRepeats: (id: Id, search: RepeatsSearch = {}) => at(`/runs/${part(id)}/repeats`, search),
  /** The original bytes of a delivery, as a download. */
  runDelivery: (id: Id, artifactId: Id) => at(`/runs/${part(id)}/deliveries/${part(artifactId)}`, {}),
  exceptions: (search: ExceptionsSearch = {}) => at('/exceptions', search),
  exception: (id: Id, search: Scope & Pick<Page, 'after'> = {}) => at(`/exceptions/${part(id)}`, search),
  jobs: (search: JobsSearch = {}) => at('/jobs', search),
  job: (name: string, search: JobSearch = {}) => at(`/jobs/${part(name)}`, search),
  jobYaml: (name: string, version?: number) => at(`/jobs/${part(name)}/yaml`, { version }),
  feeds: (search: FeedsSearch = {}) => at('/feeds', search),
  upload: (search: UploadSearch = {}) => at('/upload', search),
  audit: (search: AuditSearch = {}) => at('/audit', search),
  auditEvent: (id: Id) => at(`/audit/${part(id)}`, {}),
  auditVerify: () => '/audit/verify',
  /** The whole log as it was hashed, one JSON object a line. */
  auditJsonl: () => '/audit.jsonl',
  /**
   * The artifact; with a position, the record that stands there. Formats that carry several kinds of records count each kind
   * apart, so a position needs its kind; without one the kind the job is about is meant.
   */
  artifact: (id: Id, position?: number, objectType?: string) => at(`/artifacts/${part(id)}`, { position, objectType }),
  /** The bytes as received, as a download. */
  artifactBytes: (id: Id) => `/artifacts/${part(id)}/bytes`,
} as const

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
