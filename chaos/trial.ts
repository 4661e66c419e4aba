import type { Random } from '#db/seed/world/random.ts'

/** brief: a step of CI, seconds a trial. quick: all trials within five minutes. long: as long as it takes. */
export type Size = 'brief' | 'quick' | 'long'

export type Setting = {
  /** The only source of chance in a trial: the same seed makes the same decisions. */
  readonly random: Random
  readonly size: Size
  /** How many loads instead of what the size says; null: what the size says. */
  readonly loads: number | null
  /** For whoever waits; what was found is in the answer. */
  tell(text: string): void
}

/** What a trial found. The last four are counted by comparison with the rows, and are zero where the promises hold. */
export type Found = {
  /** Runs that were carried to their end. */
  readonly loads: number
  /** How often something was killed, cut, stopped or refused on purpose. */
  readonly kills: number
  /** Records that should be current and are not. */
  readonly lost: number
  /** Records that are current more than once, or should not be. */
  readonly doubled: number
  /** Instants at which a reader saw a part of a load. */
  readonly halfVisible: number
  /** How often that reader looked; null: there is none, and `halfVisible` says nothing. */
  readonly looks: number | null
  /** Everything else that should not be: a total without its rows, a run that never ended, a failure in the wrong class. */
  readonly unexplained: number
  /** What was tried, what could not be, and one sentence for everything counted above. */
  readonly notes: readonly string[]
  /** It cannot be run here; the notes say why. */
  readonly notRun?: true
}

/** One file a trial. It makes what it needs in a temporary folder of its own, and leaves nothing. */
export type Trial = {
  readonly name: string
  /** Nothing is killed, cut or spoiled in it. */
  readonly isPeaceful?: true
  run(setting: Setting): Promise<Found>
}

export const FIGURES = ['loads', 'kills', 'lost', 'doubled', 'halfVisible', 'unexplained'] as const
export type Figures = Readonly<Record<(typeof FIGURES)[number], number>>

export const NOTHING: Found = { loads: 0, kills: 0, lost: 0, doubled: 0, halfVisible: 0, looks: null, unexplained: 0, notes: [] }

/** A trial that loaded nothing, hit nothing or never looked has shown nothing. */
export function withFloor({ isPeaceful }: Pick<Trial, 'isPeaceful'>, found: Found): Found {
  if (found.notRun) return found
  const missing = [
    ...(found.loads === 0 ? ['nothing was loaded'] : []),
    ...(found.kills === 0 && !isPeaceful ? ['nothing was killed, cut or spoiled'] : []),
    ...(found.looks === 0 ? ['the reader never looked'] : []),
  ]
  const notes = [...missing.map((what) => `this trial shows nothing: ${what}`), ...found.notes]
  return { ...found, unexplained: found.unexplained + missing.length, notes }
}

export const holds = ({ lost, doubled, halfVisible, unexplained }: Figures): boolean =>
  lost + doubled + halfVisible + unexplained === 0

export const sumOf = (all: readonly Figures[]): Figures =>
  Object.fromEntries(FIGURES.map((figure) => [figure, all.reduce((sum, one) => sum + one[figure], 0)])) as Figures
