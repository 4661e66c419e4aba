/** What may keep an entity from closing a period, in the order in which one waits for the other. */
export const CLOSE_BLOCKS = [
  'feeds_missing',
  'loads_held',
  'technical',
  'unclassified',
  'business',
  'control',
  'not_compared',
  'with_breaks',
  'not_prepared',
  'not_certified',
] as const
export type CloseBlock = (typeof CLOSE_BLOCKS)[number]

/** So many of a kind, and what they are called. */
export type NotReady = { readonly what: CloseBlock; readonly count: number; readonly names: readonly string[] }

/** One that counts, many that count: 'feed is missing', 'feeds are missing'. */
const BLOCK_WORDS: Readonly<Record<CloseBlock, readonly [one: string, many: string]>> = {
  feeds_missing: ['feed is missing', 'feeds are missing'],
  loads_held: ['load is held', 'loads are held'],
  technical: ['technical failure is open', 'technical failures are open'],
  unclassified: ['failure without a name is open', 'failures without a name are open'],
  business: ['business exception is open', 'business exceptions are open'],
  control: ['control exception is open', 'control exceptions are open'],
  not_compared: ['reconciliation was not compared', 'reconciliations were not compared'],
  with_breaks: ['reconciliation has breaks', 'reconciliations have breaks'],
  not_prepared: ['reconciliation is not prepared', 'reconciliations are not prepared'],
  not_certified: ['reconciliation waits to be certified', 'reconciliations wait to be certified'],
}

export const blockWords = ({ what, count }: Pick<NotReady, 'what' | 'count'>): string =>
  `${count.toLocaleString('en')} ${BLOCK_WORDS[what][count === 1 ? 0 : 1]}`

export type BlockCounts = Readonly<Record<CloseBlock, number>>

/** A name a thing, and how many it stands for: nobody's audit event holds a thousand of them. */
const NAMES_MAX = 20

/** What is not ready, in the order of what waits for what. */
export const notReadyOf = (counts: BlockCounts, names: Readonly<Partial<Record<CloseBlock, readonly string[]>>>): NotReady[] =>
  CLOSE_BLOCKS.filter((what) => counts[what] > 0).map((what) => ({
    what,
    count: counts[what],
    names: (names[what] ?? []).slice(0, NAMES_MAX),
  }))

/** What waits for what: feeds, then loads and failures, then what was compared, then signatures. */
const CLOSE_STEPS = [
  { step: 'loaded', blocks: ['feeds_missing', 'loads_held', 'technical', 'unclassified'] },
  { step: 'mended', blocks: ['business', 'control'] },
  { step: 'compared', blocks: ['not_compared'] },
  { step: 'explained', blocks: ['with_breaks'] },
  { step: 'prepared', blocks: ['not_prepared'] },
  { step: 'certified', blocks: ['not_certified'] },
] as const satisfies readonly { readonly step: string; readonly blocks: readonly CloseBlock[] }[]
export type CloseStepName = (typeof CLOSE_STEPS)[number]['step'] | 'closed'

/** `waitsFor`: the first step before it that something blocks; null where it is done or blocked itself and nothing before it is. */
export type CloseStep = {
  readonly step: CloseStepName
  readonly blockedBy: readonly NotReady[]
  readonly waitsFor: CloseStepName | null
  readonly isDone: boolean
}

/** The way to a closed period: each step with what blocks it and the step it waits for. */
export function closeSteps(notReady: readonly NotReady[], isClosed: boolean): CloseStep[] {
  const found: CloseStep[] = []
  const blocked = () => found.find(({ blockedBy }) => blockedBy.length > 0)?.step ?? null
  for (const { step, blocks } of CLOSE_STEPS) {
    const blockedBy = notReady.filter(({ what }) => (blocks as readonly CloseBlock[]).includes(what))
    const waitsFor = blocked()
    found.push({ step, blockedBy, waitsFor, isDone: blockedBy.length === 0 && waitsFor === null })
  }
  return [...found, { step: 'closed', blockedBy: [], waitsFor: isClosed ? null : blocked(), isDone: isClosed }]
}
