/** How long something has been open, in whole days, in the bands of every ageing report. */
export const AGE_BANDS = ['0-1', '2-5', '6-10', '11-30', '31-'] as const
export type AgeBand = (typeof AGE_BANDS)[number]
export type AgeCount = { readonly band: AgeBand; readonly count: number }

const DAY_MS = 86_400_000

/** Both ends belong to the band; the last has none. */
function daysOf(band: AgeBand): { from: number; to: number | null } {
  const [from, to] = band.split('-')
  return { from: Number.parseInt(from!, 10), to: to ? Number.parseInt(to, 10) : null }
}

/** The instants between which something of that age was opened: from the first on, before the second. */
export function openedWithin(band: AgeBand, now: Date): { openedFrom?: string; openedBefore?: string } {
  const { from, to } = daysOf(band)
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS + 1).toISOString()
  return { ...(to !== null && { openedFrom: ago(to + 1) }), ...(from > 0 && { openedBefore: ago(from) }) }
}

export const bandOf = (days: number): AgeBand => AGE_BANDS.findLast((band) => daysOf(band).from <= days) ?? AGE_BANDS[0]

/** Every band, also those with nothing in them. */
export function byAge(days: readonly { days: number; count: number }[]): AgeCount[] {
  return AGE_BANDS.map((band) => ({
    band,
    count: days.filter((one) => bandOf(one.days) === band).reduce((sum, { count }) => sum + count, 0),
  }))
}
